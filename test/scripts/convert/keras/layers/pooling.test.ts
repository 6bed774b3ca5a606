import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { freezeModel } from '../../../../../scripts/convert/freeze.ts';
import { padsAtRunTime } from '../../../../../scripts/convert/keras/layers/pooling.ts';
import { compareWithReference, numbers, sequentialModel, withSeededWeights } from '../../harness.ts';

describe('pool', () => {
  it.each(['valid', 'same'])('sees the zeros around values that are all negative (%s)', async (padding) => {
    // onnxruntime 1.30 would fuse the padding into the pool, where it counts as minus infinity.
    const config = sequentialModel(
      [7, 8, 2],
      [
        ['ZeroPadding2D', { padding: 1 }],
        ['MaxPooling2D', { pool_size: 3, strides: 2, padding }],
      ],
    );
    const data = numbers(2 * 7 * 8 * 2, 5).map((value) => value - 2);
    const { difference, wanted } = await compareWithReference(withSeededWeights(config, 1), [
      { shape: [2, 7, 8, 2], data },
    ]);
    expect(Math.max(...(wanted[0] as { data: Float32Array }).data)).toBe(0);
    expect(difference).toBe(0);
  });
});

/** TensorFlow's `same` along one axis: the real cells of each window. */
function windows(size: number, kernel: number, stride: number): number[][] {
  const count = Math.ceil(size / stride);
  const before = Math.floor(Math.max((count - 1) * stride + kernel - size, 0) / 2);
  return Array.from({ length: count }, (_, w) =>
    Array.from({ length: kernel }, (_, k) => w * stride - before + k).filter((cell) => cell >= 0 && cell < size),
  );
}

const POOLS = { MaxPooling1D: (of: number[]) => Math.max(...of), AveragePooling1D: mean };

function mean(of: number[]): number {
  return of.reduce((sum, value) => sum + value, 0) / of.length;
}

describe('a pool over a free axis whose stride is beyond it', () => {
  it.each([
    ['MaxPooling1D', 2, 3],
    ['MaxPooling1D', 3, 5],
    ['AveragePooling1D', 2, 3],
    ['AveragePooling1D', 3, 5],
  ] as const)('%s of %i, stride %i, answers as TensorFlow for every length', async (class_name, kernel, stride) => {
    const layers = [
      { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, null, 1] } },
      { class_name, config: { name: 'pool', pool_size: [kernel], strides: [stride], padding: 'same' } },
    ];
    const model = { config: { class_name: 'Sequential', config: { name: 'm', layers } }, weights: new Map() };
    const { onnx } = freezeModel(model, { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
    const engine = await createEngine(onnx, { threads: 1 });
    try {
      for (let length = 1; length <= 16; length++) {
        const data = numbers(length, length).map((value) => value - 2);
        const answers = await engine.run({ x: { datatype: 'FP32', shape: [1, length, 1], data } });
        const received = Array.from(Object.values(answers)[0]?.data as Float32Array);
        const wanted = windows(length, kernel, stride).map((cells) =>
          POOLS[class_name](cells.map((c) => data[c] as number)),
        );
        expect(received.length).toBe(wanted.length);
        for (const [i, value] of wanted.entries()) expect(received[i]).toBeCloseTo(value, 5);
      }
    } finally {
      await engine.close();
    }
  });

  it('is told from those that onnxruntime pads rightly', () => {
    const window = { kernel: [2], strides: [3], padding: 'same' } as const;
    expect(padsAtRunTime([null], window)).toBe(true);
    expect(padsAtRunTime([7], window)).toBe(false);
    expect(padsAtRunTime([null], { ...window, padding: 'valid' })).toBe(false);
    expect(padsAtRunTime([null], { ...window, kernel: [3] })).toBe(false);
  });
});
