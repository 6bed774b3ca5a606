import { describe, expect, it } from 'vitest';
import type { Tensor, WeightSpec } from '../../../../scripts/keras/model.ts';
import type { Found } from '../../../../scripts/read/named-weights/assign.ts';
import { fromOldForms as fromOldFormsOf } from '../../../../scripts/read/named-weights/old-forms.ts';
import type { WeightFile } from '../../../../scripts/read/named-weights/weight-file.ts';

const fromOldForms = (...given: Parameters<typeof fromOldFormsOf>) => fromOldFormsOf(...given).tensors;

const UNITS = 2;
const INPUTS = 3;

function wanted(...weights: readonly (readonly [name: string, shape: readonly number[]])[]): WeightSpec[] {
  return weights.map(([name, shape]) => ({
    name,
    shape,
    trainable: true,
    initializer: 'zeros',
  }));
}

/** Weights that count on from one to the next. */
function fileOf(...shapes: readonly (readonly number[])[]): { file: Pick<WeightFile, 'read'>; found: Found[] } {
  let next = 0;
  const tensors = shapes.map((shape): Tensor => {
    const length = shape.reduce((n, size) => n * size, 1);
    return { shape, data: Float32Array.from({ length }, () => next++) };
  });
  const at = (path: string) => tensors[Number(path)] as Tensor;
  const file = { read: at };
  return { file, found: shapes.map((shape, i) => ({ name: `w${i}`, path: String(i), shape })) };
}

const list = (tensor: Tensor | undefined) => Array.from(tensor?.data ?? []);
/** Column `column` of a matrix. */
const column = ({ shape, data }: Tensor, at: number) =>
  Array.from({ length: shape[0] as number }, (_, row) => data[row * (shape[1] as number) + at]);

describe('weights of cuDNN layers', () => {
  const specs = wanted(
    ['cell/kernel', [INPUTS, 4 * UNITS]],
    ['cell/recurrent_kernel', [UNITS, 4 * UNITS]],
    ['cell/bias', [4 * UNITS]],
  );
  const saved = fileOf([INPUTS, 4 * UNITS], [UNITS, 4 * UNITS], [8 * UNITS]);
  const turned = fromOldForms(specs, saved.found, saved.found, saved.file);

  it('are read column by column within each gate', () => {
    // Gate 0 of the kernel holds 0 1 / 8 9 / 16 17: its numbers in a row fill the columns of the new one.
    const kernel = turned.get(0) as Tensor;
    expect([column(kernel, 0), column(kernel, 1)]).toEqual([
      [0, 1, 8],
      [9, 16, 17],
    ]);
    const recurrent = turned.get(1) as Tensor;
    expect([column(recurrent, 0), column(recurrent, 1)]).toEqual([
      [24, 25],
      [32, 33],
    ]);
  });

  it('have two biases, which an LSTM adds up', () => {
    const [first] = list(saved.file.read('2'));
    const sums = Array.from({ length: 4 * UNITS }, (_, i) => 2 * ((first as number) + i) + 4 * UNITS);
    expect(list(turned.get(2))).toEqual(sums);
  });

  it('have two biases, which a GRU keeps in two rows', () => {
    const gru = fileOf([INPUTS, 3 * UNITS], [UNITS, 3 * UNITS], [6 * UNITS]);
    const gruSpecs = wanted(
      ['cell/kernel', [INPUTS, 3 * UNITS]],
      ['cell/recurrent_kernel', [UNITS, 3 * UNITS]],
      ['cell/bias', [2, 3 * UNITS]],
    );
    const result = fromOldForms(gruSpecs, gru.found, gru.found, gru.file);
    expect(result.get(2)).toEqual({ ...gru.file.read('2'), shape: [2, 3 * UNITS] });
    expect(result.size).toBe(3);
  });

  it('are told from those of plain layers by the length of the bias', () => {
    const plain = fileOf([INPUTS, 4 * UNITS], [UNITS, 4 * UNITS], [4 * UNITS]);
    expect(fromOldForms(specs, plain.found, plain.found, plain.file).size).toBe(0);
  });
});

describe('weights of Keras 1', () => {
  it('of an LSTM stand gate by gate, the candidate before the forget gate', () => {
    const gate: number[][] = [[INPUTS, UNITS], [UNITS, UNITS], [UNITS]];
    const saved = fileOf(...gate, ...gate, ...gate, ...gate);
    const specs = wanted(
      ['cell/kernel', [INPUTS, 4 * UNITS]],
      ['cell/recurrent_kernel', [UNITS, 4 * UNITS]],
      ['cell/bias', [4 * UNITS]],
    );
    const turned = fromOldForms(specs, saved.found.slice(0, 3), saved.found, saved.file);
    const biases = [0, 2, 1, 3].flatMap((one) => list(saved.file.read(String(3 * one + 2))));
    expect(list(turned.get(2))).toEqual(biases);
    expect(turned.get(0)?.shape).toEqual([INPUTS, 4 * UNITS]);
    expect(column(turned.get(0) as Tensor, UNITS)).toEqual(column(saved.file.read('6'), 0));
  });

  it('of a convolution over time have an axis of 1', () => {
    const saved = fileOf([5, 1, 3, 4], [4]);
    const specs = wanted(['kernel', [5, 3, 4]], ['bias', [4]]);
    const turned = fromOldForms(specs, saved.found, saved.found, saved.file);
    expect([...turned]).toEqual([[0, { ...saved.file.read('0'), shape: [5, 3, 4] }]]);
  });
});
