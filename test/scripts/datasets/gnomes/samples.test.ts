import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Jimp } from 'jimp';
import { describe, expect, it } from 'vitest';
import { writeSamples } from '../../../../scripts/datasets/index.ts';
import { temporaryFolder } from '../picture-files.ts';

describe('writeSamples', () => {
  it('writes one large picture of each class, the same each time', async () => {
    const folder = await temporaryFolder();
    const samples = await writeSamples(join(folder, 'samples'));
    expect(samples.map(({ label }) => label)).toEqual(['garden-gnome', 'not-a-garden-gnome']);
    const files = await Promise.all(samples.map(({ file }) => readFile(file)));
    for (const file of files) {
      const { width, height } = (await Jimp.read(file)).bitmap;
      expect([width, height]).toEqual([480, 360]);
    }
    expect(files[0]).not.toEqual(files[1]);
    await writeSamples(join(folder, 'samples'));
    expect(await readFile(samples[0]?.file ?? '')).toEqual(files[0]);
  });
});
