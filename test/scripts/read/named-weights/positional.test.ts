import { describe, expect, it } from 'vitest';
import { planConfig } from '../../../../scripts/read/config/planned-config.ts';
import { positionalWeights } from '../../../../scripts/read/named-weights/positional.ts';
import type { WeightFile } from '../../../../scripts/read/named-weights/weight-file.ts';

/** A file whose datasets hold their own numbers, from 1. */
function fileOf(datasets: Readonly<Record<string, readonly number[]>>): WeightFile {
  const paths = Object.keys(datasets);
  const tensor = (path: string) => {
    const shape = datasets[path] as readonly number[];
    const length = shape.reduce((n, size) => n * size, 1);
    return { shape, data: new Float32Array(length).fill(paths.indexOf(path) + 1) };
  };
  return { paths: () => paths, shape: (path) => datasets[path], read: tensor };
}

const dense = (name: string, units: number) => ({
  class_name: 'Dense',
  config: { name, units, use_bias: false, activation: 'linear' },
});
const input = { class_name: 'InputLayer', config: { name: 'in', batch_input_shape: [null, 2] } };
const sequential = (name: string, ...layers: object[]) => ({ class_name: 'Sequential', config: { name, layers } });

const MODEL = sequential('m', input, dense('a', 2), sequential('inner', dense('b', 2), dense('c', 2)), dense('d', 2));

const numbers = (datasets: readonly string[]) => {
  const file = fileOf(Object.fromEntries(datasets.map((path) => [path, [2, 2]])));
  return Object.fromEntries(
    [...positionalWeights(planConfig(MODEL), file)].map(([name, { data }]) => [name.replace('/kernel', ''), data[0]]),
  );
};
const IN_ORDER = { a: 1, 'inner/b': 2, 'inner/c': 3, d: 4 };

describe('weights by position', () => {
  it('go by class and number, in models too', () => {
    expect(
      numbers([
        'layers/dense/vars/0',
        'layers/sequential/layers/dense/vars/0',
        'layers/sequential/layers/dense_1/vars/0',
        'layers/dense_1/vars/0',
      ]),
    ).toEqual(IN_ORDER);
  });

  it('may be written by Keras 2 on Windows', () => {
    expect(
      numbers([
        'layers\\dense/vars/0',
        'layers\\sequential/layers\\dense/vars/0',
        'layers\\sequential/layers\\dense_1/vars/0',
        'layers\\dense_1/vars/0',
      ]),
    ).toEqual(IN_ORDER);
  });

  const OLD = '_layer_checkpoint_dependencies';

  it.each([
    ['counts layers with weights twice', 'dense_2'],
    ['counts each once', 'dense_1'],
  ])('of Keras 2.12 and 2.13, where it %s', (_, second) => {
    expect(
      numbers([
        `${OLD}/dense/vars/0`,
        `${OLD}/sequential/${OLD}/dense/vars/0`,
        `${OLD}/sequential/${OLD}/${second}/vars/0`,
        `${OLD}/${second}/vars/0`,
      ]),
    ).toEqual(IN_ORDER);
  });

  it('leaves out the optimizer, and nothing else', () => {
    const own = ['dense', 'sequential/layers/dense', 'sequential/layers/dense_1', 'dense_1'];
    const paths = own.map((group) => `layers/${group}/vars/0`);
    expect(numbers([...paths, 'optimizer/vars/0'])).toEqual(IN_ORDER);
    expect(() => numbers([...paths, 'layers/dense/vars/1'])).toThrow(
      'layers/dense/vars/1 [2, 2] is not read by any layer',
    );
    expect(() => numbers([...paths, 'layers/dense_2/vars/0'])).toThrow(/dense_2.* is not read/);
  });
});
