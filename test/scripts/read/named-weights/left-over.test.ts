import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planConfig } from '../../../../scripts/read/config/planned-config.ts';
import { configAndWeightsReader } from '../../../../scripts/read/formats/config-and-weights/reader.ts';
import { keras2Reader } from '../../../../scripts/read/formats/keras-2/reader.ts';
import { keras3Reader } from '../../../../scripts/read/formats/keras-3/reader.ts';
import { hdf5ModelReader } from '../../../../scripts/read/formats/keras-hdf5/reader.ts';
import { modelOfParts } from '../../../../scripts/read/formats/pickle/config-and-arrays.ts';
import { nameWeights } from '../../../../scripts/read/formats/tfjs-layers/name-weights.ts';
import { isState } from '../../../../scripts/read/named-weights/left-over.ts';
import type { NdArray, PickleValue } from '../../../../scripts/read/pickle/machine/values.ts';
import { openBytes } from '../../../../scripts/read/source.ts';
import { rawZip } from '../containers/zip/zips.ts';
import { memorySource } from '../memory-source.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/keras');
const fixture = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, name)));

/** The config says that the first layer has no bias; the file has one. As long as before: HDF5 counts bytes. */
const patched = (text: string) => text.replace(/"use_bias": true,/, '"use_bias":false,');

async function entriesOf(name: string): Promise<{ name: string; content: Uint8Array }[]> {
  const source = await openBytes(name, fixture(name));
  const contents = source.entries.map(async (entry) => ({ name: entry.name, content: await source.read(entry.name) }));
  return Promise.all(contents);
}

async function archiveWithout(name: string): Promise<Uint8Array> {
  const entries = await entriesOf(name);
  return rawZip(
    entries.map((entry) =>
      entry.name === 'config.json' ? { ...entry, content: patched(Buffer.from(entry.content).toString()) } : entry,
    ),
  );
}

const LEFT_OVER = { code: 'bad-weights', message: expect.stringMatching(/is not read by any layer/) };

describe('a variable that no layer reads', () => {
  it.each([
    ['trained-with-adam.k3.keras', keras3Reader],
    ['trained-with-adam.k2.keras', keras2Reader],
  ] as const)('is an error in %s', async (name, reader) => {
    await reader.read(await openBytes(name, fixture(name)));
    const source = await openBytes(name, await archiveWithout(name));
    await expect(reader.read(source)).rejects.toMatchObject(LEFT_OVER);
  });

  it.each(['trained-with-adam.k3.h5', 'trained-with-adam.k2.h5'])('is an error in %s', async (name) => {
    await hdf5ModelReader.read(await openBytes(name, fixture(name)));
    const bytes = Buffer.from(patched(Buffer.from(fixture(name)).toString('latin1')), 'latin1');
    await expect(hdf5ModelReader.read(await openBytes(name, new Uint8Array(bytes)))).rejects.toMatchObject(LEFT_OVER);
  });

  it('is an error in a config beside weights in one file and beside shards', async () => {
    const [archive] = (await entriesOf('nested-part-frozen.k3.keras')).filter(({ name }) => name.endsWith('.h5'));
    const config = Buffer.from(fixture('sharded/model.json')).toString();
    const shards = ['model.weights.json', ...[0, 1, 2].map((i) => `model_0000${i}.weights.h5`)];
    const beside = [
      { 'model.weights.h5': archive?.content as Uint8Array },
      Object.fromEntries(shards.map((name) => [name, fixture(`sharded/${name}`)])),
    ];
    for (const files of beside) {
      await configAndWeightsReader.read(memorySource({ 'model.json': config, ...files }));
      const source = memorySource({ 'model.json': patched(config), ...files });
      await expect(configAndWeightsReader.read(source)).rejects.toMatchObject(LEFT_OVER);
    }
  });

  const DENSE = {
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [{ class_name: 'Dense', config: { name: 'd', units: 1, use_bias: false, batch_input_shape: [null, 2] } }],
    },
  };

  it('is an error in TensorFlow.js', () => {
    const weight = (name: string, shape: number[]) => ({
      name,
      shape,
      datatype: 'float32' as const,
      data: new Float32Array(shape.reduce((n, size) => n * size, 1)),
    });
    const kernel = weight('d/kernel', [2, 1]);
    expect([...nameWeights(planConfig(DENSE), [kernel]).keys()]).toEqual(['d/kernel']);
    for (const name of ['d/kernel_scale', 'other/kernel']) {
      expect(() => nameWeights(planConfig(DENSE), [kernel, weight(name, [1])])).toThrow(/is not read by any layer/);
    }
  });

  it('is an error in a pickle', () => {
    const array = (...shape: number[]) => {
      const length = shape.reduce((n, size) => n * size, 1);
      const raw = new Uint8Array(new Float32Array(length).buffer);
      const dtype = { kind: 'dtype', code: 'f', size: 4, swapped: false };
      return { kind: 'ndarray', shape, dtype, raw, fortran: false } as unknown as NdArray;
    };
    const parts = (weights: readonly NdArray[] | ReadonlyMap<string, readonly NdArray[]>) => {
      return () => modelOfParts({ kind: 'parts', config: JSON.stringify(DENSE) as PickleValue, weights });
    };
    expect(parts([array(2, 1), array(1)])).toThrow(/Expected 1 arrays/);
    const byLayer = new Map([
      ['d', [array(2, 1)]],
      ['e', [array(1)]],
    ]);
    expect(parts(byLayer)).toThrow(/e \[1\] is not read by any layer/);
  });
});

describe('what is no weight', () => {
  it('is the state of random layers everywhere, other state of its own class alone', () => {
    expect(isState('dropout/seed_generator/seed_generator_state', new Set())).toBe(true);
    expect(isState('random_flip/StateVar', new Set())).toBe(true);
    expect(isState('normalization/count', new Set(['Normalization']))).toBe(true);
    expect(isState('dense/count', new Set(['Dense']))).toBe(false);
    expect(isState('dense/kernel_scale', new Set(['Dense']))).toBe(false);
    expect(isState('dense/vars/2', new Set(['Dense']))).toBe(false);
  });
});
