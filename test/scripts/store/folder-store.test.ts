import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderStore } from '../../../scripts/store/folder-store.ts';
import type { StoredModel } from '../../../scripts/store/model-store.ts';
import { STALE_MS } from '../../../scripts/system/atomic-files.ts';
import { storeContract } from './contract.ts';
import { tagsContract } from './contract-tags.ts';
import { sampleContent } from './sample.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'freezeframe-store-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const newRoot = () => mkdtemp(join(scratch, 'store-'));

const makePlace = async () => {
  const root = await newRoot();
  return {
    open: () => new FolderStore(root),
    async damage({ folder }: StoredModel, file: string) {
      const bytes = await readFile(join(folder, file));
      // The accuracy's digit in a manifest: it stays valid JSON and a valid manifest.
      const at = file === 'manifest.json' ? bytes.indexOf('0.5') + 2 : bytes.length - 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await writeFile(join(folder, file), bytes);
    },
  };
};
storeContract('folder', makePlace);
tagsContract('folder', makePlace);

describe('a store in a folder', () => {
  it('has the documented layout and leaves nothing temporary', async () => {
    const root = await newRoot();
    const saved = await new FolderStore(root).save('gnomes', sampleContent(1));
    expect(saved.folder).toBe(join(root, 'models', 'gnomes', '1', saved.digest.slice(0, 12)));
    expect((await readdir(saved.folder)).sort()).toEqual(['manifest.json', 'model.onnx']);
    expect(await readdir(join(root, 'temporary'))).toEqual([]);
  });

  it('touches no disk until something is saved', async () => {
    const root = join(await newRoot(), 'never');
    const store = new FolderStore(root);
    await store.list();
    await expect(store.resolve('gnomes')).rejects.toMatchObject({ code: 'model-not-found' });
    await expect(readdir(root)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('sweeps what a dead process left, and leaves what a live one is writing', async () => {
    const root = await newRoot();
    const store = new FolderStore(root);
    const [dead, live] = [join(root, 'temporary', 'dead'), join(root, 'temporary', 'live')];
    await mkdir(join(dead, 'deep'), { recursive: true });
    await mkdir(live);
    const old = new Date(Date.now() - STALE_MS - 1000);
    await utimes(dead, old, old);
    await store.save('gnomes', sampleContent(1));
    expect(await readdir(join(root, 'temporary'))).toEqual(['live']);
  });

  it('finishes a removal that a kill has cut in two', async () => {
    const root = await newRoot();
    const store = new FolderStore(root);
    await store.save('gnomes', sampleContent(1));
    await store.save('gnomes', sampleContent(2));
    const numbered = join(root, 'models', 'gnomes', '2');
    const mark = join(numbered, 'removed.json');
    await writeFile(mark, '{}');
    expect((await store.list()).models.map(({ version }) => version)).toEqual(['1']);
    const old = new Date(Date.now() - STALE_MS - 1000);
    await utimes(mark, old, old);
    expect((await store.save('gnomes', sampleContent(2))).version).toBe('3');
    expect(await readdir(numbered)).toEqual(['removed.json']);
  });

  it('ignores what does not belong into it', async () => {
    const root = await newRoot();
    const store = new FolderStore(root);
    await store.save('gnomes', sampleContent(1));
    await writeFile(join(root, 'models', '.DS_Store'), 'x');
    await writeFile(join(root, 'models', 'gnomes', 'notes.txt'), 'x');
    await mkdir(join(root, 'models', 'gnomes', '7', 'lost'), { recursive: true });
    expect((await store.list()).models.map(({ version }) => version)).toEqual(['1']);
    // The number 7 is somebody's: not ours to take.
    expect((await store.save('gnomes', sampleContent(2))).version).toBe('8');
  });

  it('says what to do where it cannot write', async () => {
    const root = await newRoot();
    await writeFile(join(root, 'temporary'), 'a file where a folder should be');
    await expect(new FolderStore(root).save('gnomes', sampleContent(1))).rejects.toMatchObject({
      code: 'store-not-writable',
      remedy: expect.stringContaining('FREEZEFRAME_STORE'),
    });
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'says so on a read-only folder (skipped for root, who may write anywhere, and on Windows)',
    async () => {
      const root = await newRoot();
      await chmod(root, 0o500);
      await expect(new FolderStore(root).save('gnomes', sampleContent(1))).rejects.toMatchObject({
        code: 'store-not-writable',
      });
    },
  );
});
