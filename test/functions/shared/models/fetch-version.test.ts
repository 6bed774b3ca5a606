import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { digestOf } from '../../../../functions/shared/models/digest.ts';
import { fetchVersions, versionFolder } from '../../../../functions/shared/models/fetch-version.ts';
import { keysOf } from '../../../../functions/shared/models/head.ts';
import type { StoreReader } from '../../../../functions/shared/models/s3-reader.ts';
import { colourModel } from '../../models.ts';

const { model, draft } = colourModel();
const NAMES = { name: 'colours', version: '1' };
const files = { 'model.onnx': { sha256: 'a'.repeat(64), bytes: model.byteLength } };
const manifest = { ...draft, formatVersion: 1, precision: 'float32', metrics: {}, provenance: {}, files, ...NAMES };
const version = { ...NAMES, digest: digestOf(manifest), content: '0123456789ab-01234567' };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'freezeframe-fetch-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

const whole: StoreReader['range'] = async (_, first, last) => model.subarray(first, last + 1);

function fetchBy(range: StoreReader['range']): Promise<void> {
  const read: StoreReader['read'] = async () => ({ text: JSON.stringify(manifest), eTag: '"e"' });
  return fetchVersions({ read, range, folders: async () => [] }, keysOf('store'), root, [version]);
}

/** What every file that is open does in place of writing. */
async function writing(write: (bytes: Uint8Array, at: number, length: number, position: number) => number) {
  const handle = await open(join(root, 'any'), 'w');
  await handle.close();
  await rm(join(root, 'any'));
  const prototype = Object.getPrototypeOf(handle) as typeof handle;
  const real = prototype.write as (...what: unknown[]) => Promise<unknown>;
  vi.spyOn(prototype, 'write').mockImplementation(async function (this: typeof handle, ...what: unknown[]) {
    const [bytes, at, length, position] = what as [Uint8Array, number, number, number];
    return real.call(this, bytes, at, write(bytes, at, length, position), position) as never;
  });
}

async function expectWhole() {
  const folder = versionFolder(root, version);
  expect(await readdir(join(root, 'colours'))).toEqual(['1-0123456789ab-01234567']);
  expect(await readFile(join(folder, 'model.onnx'))).toEqual(Buffer.from(model));
  expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toEqual(manifest);
}

it.each<[string, StoreReader['range'], object]>([
  ['half of it', async (_, first, last) => model.subarray(first, (last + 1) / 2), { code: 'model-damaged' }],
  ['nothing', async () => new Uint8Array(0), { code: 'model-damaged' }],
  ['too much', async () => new Uint8Array(model.byteLength + 1), { code: 'model-damaged' }],
  ['no end', () => Promise.reject(new Error('ECONNRESET')), { message: 'ECONNRESET' }],
])('leaves nothing of a download of which comes %s, and fetches it the next time', async (_, range, error) => {
  await expect(fetchBy(range)).rejects.toMatchObject(error);
  expect(await readdir(join(root, 'colours'))).toEqual([]);
  await fetchBy(whole);
  await expectWhole();
});

it('goes on where the disk takes half of what is left', async () => {
  await writing((_, __, length) => Math.ceil(length / 2));
  await fetchBy(whole);
  await expectWhole();
});

it('leaves nothing of a file for which the disk has no space', async () => {
  await writing((_, at, length) => {
    if (at > 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    return Math.ceil(length / 2);
  });
  await expect(fetchBy(whole)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await readdir(join(root, 'colours'))).toEqual([]);
  vi.restoreAllMocks();
  await fetchBy(whole);
  await expectWhole();
});

it('fetches nothing that is there', async () => {
  await fetchBy(whole);
  await fetchBy(() => Promise.reject(new Error('asked again')));
  await expectWhole();
});
