import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_PLAN, ensureSet, tasksOf } from '../../../../scripts/datasets/gnomes/draw-set.ts';
import { pictureFile } from '../../../../scripts/datasets/gnomes/picture-file.ts';
import { expectPrinted } from '../../../printed.ts';
import { temporaryFolder } from '../picture-files.ts';

const plan = { ...DEFAULT_PLAN, seed: 5, side: 24, counts: { train: 40, validation: 8, test: 4 } };

// Progress, which depends on the time it takes.
afterEach(() => expectPrinted(/^Drawing garden gnomes /, 0));

describe('ensureSet', () => {
  it('draws the whole set, in several threads the same bytes as in one', async () => {
    const folder = join(await temporaryFolder(), 'gnomes');
    expect(await ensureSet(folder, plan)).toBe(true);
    const tasks = tasksOf(folder, plan);
    expect(tasks).toHaveLength(104);
    for (const { scene, label, path } of tasks)
      expect(new Uint8Array(await readFile(path))).toEqual(await pictureFile(scene, label, 24));
    expect(await readdir(join(folder, 'validation', 'garden-gnome'))).toHaveLength(8);
    expect(await ensureSet(folder, plan)).toBe(false);
    expect(await readdir(join(folder, '..', '.drawing'))).toEqual([]);
  });

  it('draws anew what another recipe drew or nobody finished', async () => {
    const folder = join(await temporaryFolder(), 'gnomes');
    const small = { ...plan, counts: { train: 2, validation: 1, test: 1 } };
    await ensureSet(folder, small);
    const first = await readFile(join(folder, 'test', 'garden-gnome', '0001.png'));
    expect(await ensureSet(folder, { ...small, seed: 6 })).toBe(true);
    expect(await readFile(join(folder, 'test', 'garden-gnome', '0001.png'))).not.toEqual(first);
    await rm(join(folder, 'about.json'));
    await writeFile(join(folder, 'train', 'stray.png'), 'x');
    expect(await ensureSet(folder, small)).toBe(true);
    expect(await readFile(join(folder, 'test', 'garden-gnome', '0001.png'))).toEqual(first);
    expect(await readdir(join(folder, 'train'))).toEqual(['garden-gnome', 'not-a-garden-gnome']);
  });

  it('is one set when two processes draw it at once', async () => {
    const folder = join(await temporaryFolder(), 'gnomes');
    const small = { ...plan, counts: { train: 2, validation: 1, test: 1 } };
    await Promise.all([ensureSet(folder, small), ensureSet(folder, small)]);
    expect(await ensureSet(folder, small)).toBe(false);
    expect(await readdir(join(folder, '..'))).toEqual(['.drawing', 'gnomes']);
  });

  it('is left to whoever reads it, where another process was quicker', async () => {
    const folder = join(await temporaryFolder(), 'gnomes');
    const quicker = join(await temporaryFolder(), 'gnomes');
    const some = { ...plan, counts: { train: 20, validation: 1, test: 1 } };
    await ensureSet(quicker, some);
    const { ino } = await stat(quicker);
    const slower = ensureSet(folder, some);
    while (!(await hasPicture(join(folder, '..', '.drawing')))) await wait(1);
    await rename(quicker, folder);
    expect(await slower).toBe(true);
    expect((await stat(folder)).ino).toBe(ino);
    expect(await readdir(join(folder, '..', '.drawing'))).toEqual([]);
  });

  it('is never taken for whole when it is killed while drawing', async () => {
    const folder = join(await temporaryFolder(), 'gnomes');
    const large = { ...plan, side: 96, counts: { train: 400, validation: 1, test: 1 } };
    const module = new URL('../../../../scripts/datasets/gnomes/draw-set.ts', import.meta.url).href;
    const script = `
      import { register } from 'tsx/esm/api';
      register();
      const { ensureSet } = await import(${JSON.stringify(module)});
      await ensureSet(${JSON.stringify(folder)}, ${JSON.stringify(large)});
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    const exit = once(child, 'exit');
    const drawing = join(folder, '..', '.drawing');
    while (child.exitCode === null && !(await hasPicture(drawing))) await wait(20);
    child.kill('SIGKILL');
    expect((await exit)[1]).toBe('SIGKILL');
    expect(await readdir(join(folder, '..'))).toEqual(['.drawing']);
    const small = { ...plan, counts: { train: 1, validation: 1, test: 1 } };
    expect(await ensureSet(folder, small)).toBe(true);
    expect(await readdir(join(folder, 'train', 'garden-gnome'))).toEqual(['0001.png']);
  });
});

async function hasPicture(folder: string): Promise<boolean> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  return files.some((file) => file.endsWith('.png'));
}

describe('tasksOf', () => {
  it('gives every picture a scene of its own', () => {
    const scenes = tasksOf('x', { ...DEFAULT_PLAN, seed: 1 }).map(({ scene }) => scene);
    expect(scenes).toHaveLength(1600);
    expect(new Set(scenes).size).toBe(1600);
  });
});
