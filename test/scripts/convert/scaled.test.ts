import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { freezeModel } from '../../../scripts/convert/freeze.ts';
import type { FreezeOptions, Scaled } from '../../../scripts/frozen/options.ts';
import type { KerasModel } from '../../../scripts/keras/model.ts';
import { verifyFrozen } from '../../../scripts/reference/verify.ts';

/** Adds its two features up, so that the scaling is all there is to see. */
const SUM: KerasModel = {
  config: {
    class_name: 'Sequential',
    config: {
      name: 'sum',
      layers: [
        { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 2], dtype: 'float32' } },
        { class_name: 'Dense', config: { name: 'add', units: 1, activation: 'linear', use_bias: true } },
      ],
    },
  },
  weights: new Map([
    ['add/kernel', { shape: [2, 1], data: new Float32Array([1, 1]) }],
    ['add/bias', { shape: [1], data: new Float32Array([0]) }],
  ]),
};

const features: readonly Scaled[] = [
  { name: 'year', min: 2000, max: 2010, clip: [-1, 1] },
  { name: 'salary', unit: 'USD', min: 51_234.5, max: 61_234.5 },
];
const options: FreezeOptions = {
  input: { kind: 'features', features },
  output: { kind: 'regression', values: [{ name: 'price', unit: 'USD', min: 100_000, max: 350_000 }] },
};
const rows = [
  [2005, 51_234.5],
  [2040, 61_234.5],
  [1900, 0],
];
const feeds = { features: { datatype: 'FP32' as const, shape: [3, 2], data: new Float32Array(rows.flat()) } };

describe('features and values in their own units', () => {
  it('scales and cuts what goes in, scales back what comes out, and says so', async () => {
    const { onnx, manifest } = freezeModel(SUM, options);
    const engine = await createEngine(onnx);
    const { value } = await engine.run(feeds);
    await engine.close();
    const sums = [0.5 + 0, 1 + 1, -1 - 5.12345];
    expect(Array.from(value?.data ?? [], Number)).toEqual(
      sums.map((sum) => Math.fround(Math.fround(sum) * 250_000 + 100_000)),
    );
    expect(manifest.input).toMatchObject({ features: [{ name: 'year' }, { name: 'salary', unit: 'USD' }] });
    expect(manifest.output).toMatchObject({ values: [{ name: 'price', unit: 'USD' }] });
  });

  it('is verified against scaling in plain code', async () => {
    const { onnx } = freezeModel(SUM, options);
    expect((await verifyFrozen(SUM, onnx, options, feeds)).maxDifference).toBeLessThan(1e-6);
  });

  it('fails where the graph does not cut what it should', async () => {
    const uncut = features.map(({ clip: _, ...feature }) => feature);
    const { onnx } = freezeModel(SUM, { ...options, input: { kind: 'features', features: uncut } });
    await expect(verifyFrozen(SUM, onnx, options, feeds)).rejects.toMatchObject({ code: 'verification-failed' });
  });
});
