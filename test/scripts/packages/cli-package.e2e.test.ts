import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliPackage } from '../../../scripts/packages/cli-package.ts';
import { type Packed, pack } from '../../../scripts/packages/pack.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');

/** All that `@freezeframe/cli` consists of. Whatever matches none, and whatever matches nothing, is a mistake. */
const CONTENTS = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|THIRD-PARTY-NOTICES\.md)$/,
  /^docs\/([a-z-]+|README)\.md$/,
  /^docs\/decisions\/([0-9]{3}-[a-z0-9-]+|README)\.md$/,
  /^docs\/manifest\.schema\.json$/,
  // The command line: what is started by its path, and what these share.
  /^scripts\/freezeframe\.js$/,
  /^scripts\/(system\/threads\/thread|import\/process\/(child|watch)|evaluate\/performance\/child)\.js$/,
  /^scripts\/(classifiers\/classify|datasets\/gnomes\/draw|train\/batches\/augment|train\/pool\/gradient)-worker\.js$/,
  /^scripts\/local\/runtime\/[a-z-]+\.mjs$/,
  /^scripts\/(report|local\/docs)\/style\.css$/,
  /^functions\/http\/page\/style\/palette\.css$/,
  /^chunks\/[A-Z0-9]{8}\.js$/,
  /^vendor\/hdf5_util\.js$/,
  /^assets\/imagenet-labels\.json$/,
  /^assets\/backbones\/[a-z0-9-]+\/(model\.onnx|backbone\.json|background\.bin|LICENSE)$/,
  // What serverless.yml of a project builds upon.
  /^resources\/[a-z-]+\.cjs$/,
  /^resources\/(stack|defaults|environment|batch\.asl)\.json$/,
  // What is deployed, but for natives and models.
  /^prebuilt\/about\.json$/,
  /^prebuilt\/inference\/(index\.js|package\.json)$/,
  /^prebuilt\/functions\/(classify|http|uploads)\/(index|chunk-[A-Z0-9]{8})\.mjs(\.LEGAL\.txt)?$/,
  /^prebuilt\/functions\/http\/page\/[a-z0-9/-]+\.(html|css|js|jpg)$/,
];

describe('the package @freezeframe/cli', () => {
  let work: string;
  let packed: Packed;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe packages '));
    packed = await pack(await cliPackage(ROOT), join(work, 'cli'), join(work, 'first'));
    // As an installation would put them beside it.
    await symlink(join(ROOT, 'node_modules'), join(work, 'node_modules'));
  });
  afterAll(() => rm(work, { recursive: true, force: true }));

  it('holds what is listed, and nothing else', () => {
    expect(packed.files.filter((path) => !CONTENTS.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(CONTENTS.filter((pattern) => !packed.files.some((path) => pattern.test(path)))).toEqual([]);
  });

  it('holds the pages that its messages name', async () => {
    const programs = packed.files.filter((path) => /^(chunks|resources|scripts)\/.*\.c?js$/.test(path));
    const texts = await Promise.all(programs.map((path) => readFile(join(packed.folder, path), 'utf8')));
    const pages = texts.flatMap((text) => [...text.matchAll(/\bdocs\/[a-z.-]+\.(?:md|json)\b/g)].map(([page]) => page));
    expect(pages).toContain('docs/operate.md');
    expect(pages.filter((page) => !packed.files.includes(page))).toEqual([]);
  });

  it('is the same file when it is packed again', async () => {
    const again = await pack(await cliPackage(ROOT), join(work, 'again'), join(work, 'second'));
    const [first, second] = await Promise.all([packed, again].map(({ tarball }) => readFile(tarball)));
    // Not `toEqual`, which compares byte by byte, for minutes.
    expect(first?.equals(second as Buffer)).toBe(true);
  });

  it('needs few packages, at the very versions that were tested', async () => {
    const { dependencies, ...rest } = JSON.parse(await readFile(join(packed.folder, 'package.json'), 'utf8'));
    expect(Object.keys(dependencies).sort()).toEqual(['esbuild', 'fflate', 'onnxruntime-node', 'sharp']);
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Object.keys(rest)).not.toContain('scripts');
  });

  it('names the natives of both processors that Lambda has, to be held against their digests', async () => {
    const { natives } = JSON.parse(await readFile(join(packed.folder, 'prebuilt/about.json'), 'utf8'));
    expect(Object.keys(natives).sort()).toEqual([
      '@img/sharp-libvips-linux-arm64',
      '@img/sharp-libvips-linux-x64',
      '@img/sharp-linux-arm64',
      '@img/sharp-linux-x64',
    ]);
  });

  it('tells the licences of what is in it', async () => {
    const notices = await readFile(join(packed.folder, 'THIRD-PARTY-NOTICES.md'), 'utf8');
    for (const name of ['commander', 'h5wasm', 'hono', 'zod', '@aws-sdk/client-s3', 'jimp']) {
      expect(notices).toMatch(new RegExp(`^## ${name} \\d`, 'm'));
    }
    const sections = notices.split(/^## (?=\S+ \d)/m).slice(1);
    const unclear = sections.filter(
      (text) => !text.includes('````text') && !text.includes('(no licence file in the package)'),
    );
    expect(unclear).toEqual([]);
  });

  it('starts without a TypeScript loader', async () => {
    const { stdout } = await run(process.execPath, [join(packed.folder, 'scripts/freezeframe.js'), '--version']);
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    expect(stdout.trim()).toBe(version);
    for (const path of packed.files.filter((each) => each.endsWith('.js'))) {
      expect(await readFile(join(packed.folder, path), 'utf8'), path).not.toMatch(/["']tsx(\/esm\/api)?["']/);
    }
  });
});
