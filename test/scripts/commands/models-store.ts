import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ManifestDraft } from '@freezeframe/inference';
import sharp from 'sharp';
import { afterAll, beforeAll } from 'vitest';
import { openStore } from '../../../scripts/store/index.ts';
import { colourModel, priceModel, tellingModel } from '../../functions/models.ts';

/** A folder to write to, gone after the tests of the file, in which `FREEZEFRAME_STORE` lies. */
export interface Scratch {
  readonly folder: string;
  picture(file: string, colour: 'red' | 'lime' | 'blue' | 'grey'): Promise<string>;
  write(file: string, content: string | Uint8Array): Promise<string>;
}

/** Makes the store hold `colours` (says red, green or blue), `telling` (or none of these) and `prices` (tensors to dollars) for the tests of a file. */
export function useStore(): Scratch {
  let folder = '';
  const before = process.env.FREEZEFRAME_STORE;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-commands-'));
    process.env.FREEZEFRAME_STORE = join(folder, 'store');
    for (const { model, draft } of [colourModel(), priceModel(), tellingModel()]) {
      const { name, ...rest } = draft;
      const manifest: ManifestDraft = {
        ...rest,
        formatVersion: 1,
        precision: 'float32',
        metrics: { accuracy: 0.875 },
        provenance: { dataset: 'squares' },
      };
      await openStore().save(name, { manifest, model });
    }
  });
  afterAll(async () => {
    if (before === undefined) delete process.env.FREEZEFRAME_STORE;
    else process.env.FREEZEFRAME_STORE = before;
    await rm(folder, { recursive: true, force: true });
  });
  const write = async (file: string, content: string | Uint8Array) => {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  };
  return {
    get folder() {
      return folder;
    },
    write,
    async picture(file, colour) {
      const create = { width: 8, height: 8, channels: 3 as const, background: colour };
      return write(file, await sharp({ create }).png().toBuffer());
    },
  };
}
