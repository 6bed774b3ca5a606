import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportedKerasModel } from '../../../../../scripts/read/format-reader.ts';
import { keras2Reader } from '../../../../../scripts/read/formats/keras-2/reader.ts';
import { keras3Reader } from '../../../../../scripts/read/formats/keras-3/reader.ts';
import { openBytes, openSource } from '../../../../../scripts/read/source.ts';
import { type RawEntry, rawZip } from '../../containers/zip/zips.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/keras');
const file = new Uint8Array(readFileSync(join(FIXTURES, 'sequential-in-functional.k3.keras')));
const source = await openBytes('model.keras', file);
const parts = await Promise.all(
  source.entries.map(async ({ name }) => ({ name, content: await source.read(name), deflate: true })),
);

const zip = (entries: readonly RawEntry[]) => openBytes('x.zip', rawZip(entries));
const without = (name: string) => parts.filter((part) => part.name !== name);
const read = async (entries: readonly RawEntry[]) => {
  const given = await zip(entries);
  expect(await keras3Reader.recognises(given)).toBe(true);
  return (await keras3Reader.read(given)) as ImportedKerasModel;
};

describe('.keras of Keras 3', () => {
  it('is read packed and unpacked, alone and beside other files', async () => {
    const { model } = (await keras3Reader.read(source)) as ImportedKerasModel;
    expect(model.weights.get('inner/conv/kernel')?.shape).toEqual([3, 3, 3, 4]);
    const labels = { name: 'labels.txt', content: 'a\nb' };
    const below = parts.map((part) => ({ ...part, name: `model/${part.name}` }));
    for (const entries of [
      [...parts, labels],
      [...below, labels],
      [{ name: 'x/m.keras', content: file }, labels],
    ]) {
      expect((await read(entries)).model.weights).toEqual(model.weights);
    }
  });

  it('says which Keras wrote it, if it says', async () => {
    expect((await read(parts)).framework).toMatch(/^keras 3\./);
    expect((await read(without('metadata.json'))).framework).toBeUndefined();
    const odd = [...without('metadata.json'), { name: 'metadata.json', content: '[]' }];
    expect((await read(odd)).framework).toBeUndefined();
  });

  it('is not one of Keras 2, and the other way round', async () => {
    const old = await openSource(join(FIXTURES, 'sequential-in-functional.k2.keras'));
    expect([await keras2Reader.recognises(source), await keras3Reader.recognises(source)]).toEqual([false, true]);
    expect([await keras2Reader.recognises(old), await keras3Reader.recognises(old)]).toEqual([true, false]);
    await old.close();
  });

  it('is refused without weights, and with weights that may be pickled', async () => {
    await expect(read(without('model.weights.h5'))).rejects.toMatchObject({ code: 'file-damaged' });
    const pickled = [...without('model.weights.h5'), { name: 'model.weights.npz', content: 'PK' }];
    await expect(read(pickled)).rejects.toMatchObject({ code: 'file-hostile' });
  });

  it('is refused where it is one of several', async () => {
    const both = ['a.keras', 'b.keras'].map((name) => ({ name, content: file }));
    await expect(read(both)).rejects.toMatchObject({
      code: 'format-unknown',
      details: { models: ['a.keras', 'b.keras'] },
    });
  });

  it('is refused where its weights are of other shapes, naming them', async () => {
    const config = new TextDecoder().decode(parts.find(({ name }) => name === 'config.json')?.content);
    const wider = config.replace('"filters": 4', '"filters": 5');
    expect(wider).not.toBe(config);
    const changed = [...without('config.json'), { name: 'config.json', content: wider }];
    await expect(read(changed)).rejects.toMatchObject({
      code: 'bad-weights',
      message: expect.stringContaining('Expected [3, 3, 3, 5] for weight inner/conv/kernel but received [3, 3, 3, 4]'),
    });
  });

  it('is refused where its config leads in a circle', async () => {
    const config = JSON.parse(new TextDecoder().decode(parts.find(({ name }) => name === 'config.json')?.content));
    const { layers } = config.config;
    layers[1].inbound_nodes = layers.at(-1).inbound_nodes;
    const changed = [...without('config.json'), { name: 'config.json', content: JSON.stringify(config) }];
    await expect(read(changed)).rejects.toMatchObject({ name: 'ImportError', code: 'file-damaged' });
  });
});
