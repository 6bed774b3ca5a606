import { FreezeframeError } from '@freezeframe/inference';
import { describe, expect, it, vi } from 'vitest';
import { freezeModel } from '../../../scripts/convert/freeze.ts';
import type { FreezeOptions } from '../../../scripts/frozen/options.ts';
import type { KerasModel } from '../../../scripts/keras/model.ts';
import { referenceInputs, TOLERANCE, verifyFrozen } from '../../../scripts/reference/verify.ts';
import { houses, PICTURE_OPTIONS, PRICE_OPTIONS, pictureModel, pictures, priceModel } from '../convert/frozen.ts';
import { layerModel, numbers, withSeededWeights } from '../convert/harness.ts';

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
    expect(result.against).toBe("Freezeframe's plain evaluator");
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

  describe('on a layer that TensorFlow.js lacks or gets wrong', () => {
    const TENSORS: FreezeOptions = { input: { kind: 'tensors' }, output: { kind: 'tensors' } };
    const samples = { in_0: { datatype: 'FP32', shape: [3, 4, 5, 2], data: numbers(120, 5) } } as const;
    const transposed = (output_padding: readonly number[]) =>
      withSeededWeights(
        layerModel(
          'Conv2DTranspose',
          { filters: 3, kernel_size: [3, 3], strides: [2, 2], padding: 'same', output_padding },
          [[4, 5, 2]],
        ),
        4,
      );

    it('passes a faithful graph and says against what', async () => {
      const model = transposed([1, 1]);
      const { onnx } = freezeModel(model, TENSORS);
      const result = await verifyFrozen(model, onnx, TENSORS, samples);
      expect(result).toMatchObject({ against: "Freezeframe's plain evaluator", samples: 3 });
      expect(result.maxDifference).toBeLessThanOrEqual(1e-6);
    });

    it.each([
      ['wrong padding, of the same shape', graphPaddedOtherwise],
      ['another shape', (model: KerasModel) => withOption(model, 'output_padding', [0, 1])],
      ['another activation', (model: KerasModel) => withOption(model, 'activation', 'relu')],
    ])('fails on a graph with %s, and names the output', async (_, bug) => {
      const model = transposed([1, 1]);
      const { onnx } = freezeModel(bug(model), TENSORS);
      const error = await failureOf(verifyFrozen(model, onnx, TENSORS, samples));
      expect(error.code).toBe('verification-failed');
      expect(error.message).toMatch(/plain evaluator: output tested differs by up to/);
    });
  });
});

/** The model as a converter with a fault in it would understand its config. */
function withOption(model: KerasModel, option: string, value: unknown): KerasModel {
  const layers = (model.config.config.layers as { name: string; config: object }[]).map((layer) =>
    layer.name === 'tested' ? { ...layer, config: { ...layer.config, [option]: value } } : layer,
  );
  return { ...model, config: { ...model.config, config: { ...model.config.config, layers } } };
}

/** `same` with the odd cell of padding in front instead of behind: the kernel lies one cell further. */
function graphPaddedOtherwise(model: KerasModel): KerasModel {
  const { shape, data } = model.weights.get('tested/kernel') as NonNullable<ReturnType<typeof model.weights.get>>;
  const row = data.length / (shape[0] as number);
  const moved = Float32Array.from([...data.slice(row), ...new Float32Array(row)]);
  return { ...model, weights: new Map(model.weights).set('tested/kernel', { shape, data: moved }) };
}

describe('referenceInputs', () => {
  it('rounds as float32 does: in -1..1 each byte may lie between two steps of a quantized model', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const preprocess = { scale: [1 / 127.5], offset: [-1] };
    const options = {
      ...PICTURE_OPTIONS,
      input: { ...PICTURE_OPTIONS.input, channels: 1, preprocess },
    } as FreezeOptions;
    const samples = { picture: { datatype: 'UINT8' as const, shape: [1, 16, 16, 1], data: bytes } };
    const [prepared] = referenceInputs(options, samples, ['x']);
    const scale = Float32Array.of(1 / 127.5)[0] as number;
    const steps = Float32Array.from(
      Float32Array.from(bytes, (byte) => byte * scale),
      (scaled) => scaled - 1,
    );
    expect(prepared?.data).toEqual(steps);
  });
});
