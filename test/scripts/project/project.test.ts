import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { create } from '../../../scripts/project/create.ts';
import { projectFiles } from '../../../scripts/project/files.ts';
import { callingManager } from '../../../scripts/project/install.ts';
import { projectName } from '../../../scripts/project/project-name.ts';
import { writeProject } from '../../../scripts/project/write-project.ts';

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'freezeframe-project-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

const names = { name: 'animals', version: '1.2.3' };

describe('writeProject', () => {
  it('writes all files of a project', async () => {
    const { written, kept } = await writeProject(work, names);
    expect([written.length, kept]).toEqual([projectFiles(names).size, []]);
    const manifest = JSON.parse(await readFile(join(work, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ name: 'animals', devDependencies: { '@freezeframe/cli': '^1.2.3' } });
  });

  it('touches nothing that is there, however often', async () => {
    await writeFile(join(work, 'package.json'), 'mine');
    await mkdir(join(work, 'photos/cat'), { recursive: true });
    expect((await writeProject(work, names)).kept).toEqual(['package.json']);
    expect((await writeProject(work, { ...names, name: 'others' })).written).toEqual([]);
    expect(await readFile(join(work, 'package.json'), 'utf8')).toBe('mine');
    expect(await readFile(join(work, 'serverless.yml'), 'utf8')).toContain('service: animals');
  });
});

it('leaves no part of a file where the disk is full: the next time it would be kept as if it were the user’s', async () => {
  const handle = await open(work);
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  vi.spyOn(Object.getPrototypeOf(handle), 'writeFile').mockRejectedValueOnce(full);
  await handle.close();
  await expect(writeProject(work, names)).rejects.toBe(full);
  vi.restoreAllMocks();
  expect(await readdir(work)).toEqual([]);
  expect((await writeProject(work, names)).kept).toEqual([]);
});

describe('create', () => {
  it('makes a folder with a project in it, and says what is next', async () => {
    const said = await create([join(work, 'Früchte und Gemüse'), '--no-install'], '1.2.3');
    expect(said).toMatch(/cd ".*Früchte und Gemüse"\n {2}npm install\n {2}npm start$/);
    const manifest = JSON.parse(await readFile(join(work, 'Früchte und Gemüse/package.json'), 'utf8'));
    expect(manifest.name).toBe('fruchte-und-gemuse');
  });

  it.each([
    ['no folder', []],
    ['two folders', ['a', 'b']],
    ['an unknown option', ['a', '--wat']],
    ['an unknown package manager', ['a', '--package-manager', 'cargo']],
    ['a name that AWS does not take', ['a', '--name', 'Größe!']],
  ])('refuses %s', async (_, words) => {
    await expect(create(words, '1.2.3')).rejects.toMatchObject({ code: 'used-wrongly' });
  });

  it('refuses a folder that holds something, and leaves it as it is', async () => {
    await writeFile(join(work, 'mine.txt'), '');
    await expect(create([work, '--no-install'], '1.2.3')).rejects.toMatchObject({
      code: 'used-wrongly',
      remedy: expect.stringContaining('npx --ignore-scripts @freezeframe/cli init'),
    });
    expect(await readdir(work)).toEqual(['mine.txt']);
  });
});

it('says how to go on with a project whose making was stopped', async () => {
  const folder = join(work, 'half');
  await create([folder, '--no-install'], '1.2.3');
  await expect(create([folder, '--no-install'], '1.2.3')).rejects.toMatchObject({
    code: 'used-wrongly',
    remedy: expect.stringMatching(/go on with: cd .*half, npm install, npm start$/),
  });
});

it('knows the package manager that it was called by', () => {
  expect(callingManager('pnpm/10.1.0 npm/? node/v22.0.0 linux x64')).toBe('pnpm');
  expect(callingManager('yarn/1.22.22 npm/? node/v20.0.0 linux x64')).toBe('yarn');
  expect(callingManager('')).toBe('npm');
});

it.each([
  ['my-classifier', 'my-classifier'],
  ['/some/where/Größe 2', 'grosse-2'],
  ['2026 cats', 'classifier-2026-cats'],
  ['日本', 'classifier'],
  [`${'a'.repeat(31)}-b`, 'a'.repeat(31)],
])('calls a project in %s %s', (folder, name) => {
  expect(projectName(folder)).toBe(name);
  expect(projectName(name)).toBe(name);
});
