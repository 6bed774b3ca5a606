import { FreezeframeError } from '@freezeframe/inference';
import { describe, expect, it, vi } from 'vitest';
import { freezeModel } from '../../../scripts/freeze/freeze.ts';
import type { KerasModel } from '../../../scripts/freeze/keras-model.ts';
import { TOLERANCE, verifyFrozen } from '../../../scripts/freeze/verify.ts';
import { houses, PICTURE_OPTIONS, PRICE_OPTIONS, pictureModel, pictures, priceModel } from './frozen.ts';

async function failureOf(verification: Promise<unknown>): Promise<FreezeframeError> {
  const error = await verification.then(
    () => new Error('verified'),
    (cause: unknown) => cause,
  );
  if (error instanceof FreezeframeError) return error;
  throw error;
}

/** The model with one number of one weight changed. */
function tampered(model: KerasModel, name: string, by: number): KerasModel {
  const weights = new Map(model.weights);
  const tensor = weights.get(name) as NonNullable<ReturnType<typeof weights.get>>;
  weights.set(name, { ...tensor, data: tensor.data.map((value, i) => (i === 0 ? value + by : value)) });
  return { ...model, weights };
}

describe('verifyFrozen', () => {
  it('passes a faithful graph and says how near it is, without a word on the console', async () => {
    const warn = vi.spyOn(console, 'warn');
    const log = vi.spyOn(console, 'log');
    const model = pictureModel();
    const { onnx } = freezeModel(model, PICTURE_OPTIONS);
    const done: number[] = [];
    const result = await verifyFrozen(model, onnx, PICTURE_OPTIONS, pictures(40), (n) => done.push(n));
    expect(result).toMatchObject({ samples: 40, top1Identical: true });
    expect(result.against).toMatch(/^TensorFlow\.js layers 4\./);
    expect(result.maxDifference).toBeLessThanOrEqual(1e-6);
    expect(done.at(-1)).toBe(40);
    expect(warn).not.toHaveBeenCalled();
    expect(log).not.toHaveBeenCalled();
  });

  it('measures answers in dollars by their range', async () => {
    const model = priceModel();
    const { onnx } = freezeModel(model, PRICE_OPTIONS);
    const result = await verifyFrozen(model, onnx, PRICE_OPTIONS, houses());
    expect(result.maxDifference).toBeLessThanOrEqual(1e-6);
    expect(result.top1Identical).toBeUndefined();
  });

  it.each([
    ['conv2d_0/kernel', 0.05],
    ['batchnormalization_1/moving_variance', 0.05],
    ['dense_6/bias', 0.002],
  ])('fails when %s was changed by %d', async (name, by) => {
    const model = pictureModel();
    const { onnx } = freezeModel(tampered(model, name, by), PICTURE_OPTIONS);
    const error = await failureOf(verifyFrozen(model, onnx, PICTURE_OPTIONS, pictures(16)));
    expect(error.code).toBe('verification-failed');
    expect(error.message).toMatch(/output probabilities differs by up to 0\.\d+/);
    const [output] = error.details.outputs as { maxDifference: number }[];
    expect(output?.maxDifference).toBeGreaterThan(TOLERANCE);
  });

  it('fails when preprocessing was another in the graph', async () => {
    const model = pictureModel('valid');
    const preprocess = { scale: [1 / 255, 1 / 255, 1 / 254], offset: [0, 0, 0.01] };
    const other = { ...PICTURE_OPTIONS, input: { ...PICTURE_OPTIONS.input, preprocess } } as typeof PICTURE_OPTIONS;
    const { onnx } = freezeModel(model, other);
    const error = await failureOf(verifyFrozen(model, onnx, PICTURE_OPTIONS, pictures(16)));
    expect(error.code).toBe('verification-failed');
  });

  it('fails on numbers that are none', async () => {
    const model = priceModel();
    const { onnx } = freezeModel(tampered(model, 'dense_1/bias', Number.NaN), PRICE_OPTIONS);
    const error = await failureOf(verifyFrozen(model, onnx, PRICE_OPTIONS, houses()));
    expect(error.message).toContain('Infinity');
  });

  it('fails without samples: nothing would have been shown', async () => {
    const model = pictureModel();
    const { onnx } = freezeModel(model, PICTURE_OPTIONS);
    const none = { picture: { datatype: 'UINT8', shape: [0, 8, 7, 3], data: new Uint8Array() } } as const;
    expect((await failureOf(verifyFrozen(model, onnx, PICTURE_OPTIONS, none))).message).toContain('no samples');
  });
});
