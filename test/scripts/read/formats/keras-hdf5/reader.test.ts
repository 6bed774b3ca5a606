import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportedKerasModel } from '../../../../../scripts/read/format-reader.ts';
import { hdf5ModelReader } from '../../../../../scripts/read/formats/keras-hdf5/reader.ts';
import { openBytes } from '../../../../../scripts/read/source.ts';
import { rawZip } from '../../containers/zip/zips.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/keras');
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, name)));
const read = async (bytes: Uint8Array, name = 'model.bin') => {
  const source = await openBytes(name, bytes);
  expect(await hdf5ModelReader.recognises(source)).toBe(true);
  return (await hdf5ModelReader.read(source)) as ImportedKerasModel;
};

describe('whole models in legacy HDF5', () => {
  it('are known by content, whatever they are called', async () => {
    const imported = await read(bytesOf('sequential-bare-list.k2.h5'), 'a.txt');
    expect(imported).toMatchObject({ format: 'keras-hdf5', framework: 'keras 2.1.6' });
    expect([...imported.model.weights.values()].map(({ shape }) => shape)).toEqual([[5, 6], [6], [6, 3], [3]]);
  });

  it('are read from a zip, beside other files', async () => {
    const content = bytesOf('trained-with-adam.k3.h5');
    const entries = [
      { name: 'x/keras_model.h5', content, deflate: true },
      { name: 'x/labels.txt', content: '0 a\n1 b' },
    ];
    const alone = await read(content);
    expect((await read(rawZip(entries))).model.weights).toEqual(alone.model.weights);
    expect([...alone.model.weights.keys()].some((name) => /adam|momentum/.test(name))).toBe(false);
  });

  it('hold the weights of nested models in the order of what was frozen', async () => {
    const { model } = await read(bytesOf('nested-part-frozen.k3.h5'));
    const archive = await openBytes('m.keras', bytesOf('nested-part-frozen.k3.keras'));
    const { keras3Reader } = await import('../../../../../scripts/read/formats/keras-3/reader.ts');
    const same = (await keras3Reader.read(archive)) as ImportedKerasModel;
    expect(model.weights).toEqual(same.model.weights);
    expect(model.weights.get('inner/c1/kernel')).not.toEqual(model.weights.get('inner/c2/kernel'));
  });

  it('are not weights alone, nor anything else', async () => {
    for (const bytes of [bytesOf('refuse-weights-only.weights.h5'), Uint8Array.of(1, 2, 3)]) {
      expect(await hdf5ModelReader.recognises(await openBytes('x.h5', bytes))).toBe(false);
    }
  });

  it('are refused where there are several', async () => {
    const content = bytesOf('sequential-bare-list.k2.h5');
    await expect(read(rawZip(['a.h5', 'b.h5'].map((name) => ({ name, content }))))).rejects.toMatchObject({
      code: 'format-unknown',
      details: { models: ['a.h5', 'b.h5'] },
    });
  });
});
