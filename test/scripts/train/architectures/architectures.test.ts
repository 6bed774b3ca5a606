import { readdirSync } from 'node:fs';
import { FreezeframeError } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { ARCHITECTURES, defaultArchitecture, findArchitecture } from '../../../../scripts/train/architectures/index.ts';
import { compileTraining } from '../../../../scripts/train/step/training-step.ts';
import { layers } from '../../../tensorflow-js/tensorflow.ts';

const INPUTS = {
  'large-cnn': [28, 28, 1],
  'quick-cnn': [28, 28, 1],
  'best-cnn': [28, 28, 1],
  'small-cnn': [64, 64, 3],
  mlp: [7],
} as Record<string, number[]>;

describe.each(ARCHITECTURES.map((architecture) => [architecture.name, architecture] as const))(
  '%s',
  (name, architecture) => {
    const shape = INPUTS[name] as number[];
    const config = architecture.config({ shape, outputs: 3 });

    it('is a model that TensorFlow.js loads, with the inputs and outputs asked for', async () => {
      const model = await layers.models.modelFromJSON({ modelTopology: config } as never);
      expect(model.inputs[0]?.shape).toEqual([null, ...shape]);
      expect(model.outputs[0]?.shape).toEqual([null, 3]);
      const weights = model.layers.flatMap((layer) =>
        layer.weights.map((w) => `${layer.name}/${w.originalName.split('/').at(-1)}`),
      );
      const loss = architecture.data === 'pictures' ? 'crossentropy' : 'mean_squared_error';
      const input =
        architecture.data === 'pictures'
          ? { kind: 'pixels' as const, scale: [1 / 255], offset: [0] }
          : { kind: 'floats' as const };
      const { parameters } = compileTraining({ config, input, loss });
      const own = [...parameters.trainable, ...parameters.fixed].map(({ key }) => key);
      expect(own.sort()).toEqual(weights.sort());
    });
  },
);

describe('the registry', () => {
  it('holds every file of the folder', () => {
    const folder = new URL('../../../../scripts/train/architectures/', import.meta.url);
    const files = readdirSync(folder).filter((file) => !['index.ts', 'architecture.ts'].includes(file));
    expect(ARCHITECTURES.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
  });

  it('finds by name and says which there are', () => {
    expect(findArchitecture('mlp').name).toBe('mlp');
    expect(() => findArchitecture('resnet')).toThrow(FreezeframeError);
    expect(() => findArchitecture('resnet')).toThrow(/large-cnn, quick-cnn, best-cnn, small-cnn, mlp/);
  });

  it('chooses by the data', () => {
    expect(defaultArchitecture('pictures', [28, 28, 1]).name).toBe('large-cnn');
    expect(defaultArchitecture('pictures', [64, 64, 3]).name).toBe('small-cnn');
    expect(defaultArchitecture('pictures', [96, 96, 1]).name).toBe('small-cnn');
    expect(defaultArchitecture('table', [7]).name).toBe('mlp');
  });
});

describe('large-cnn', () => {
  it('is the model that the figures of MNIST are about', () => {
    const { parameters } = compileTraining({
      config: findArchitecture('large-cnn').config({ shape: [28, 28, 1], outputs: 10 }),
      input: { kind: 'pixels', scale: [1 / 255], offset: [0] },
      loss: 'crossentropy',
    });
    expect(parameters.trainable.map(({ shape }) => shape)).toEqual([
      [5, 5, 1, 30],
      [30],
      [3, 3, 30, 15],
      [15],
      [375, 128],
      [128],
      [128, 50],
      [50],
      [50, 10],
      [10],
    ]);
  });
});

it('hurries where there are few epochs', () => {
  const { short, defaults } = findArchitecture('large-cnn');
  expect(short?.(2).learningRate).toBeGreaterThan(defaults.learningRate);
  expect(short?.(10)).toEqual({});
});

it('takes more epochs of smaller batches where there are few pictures', () => {
  const { few = () => ({}) } = findArchitecture('large-cnn');
  expect(few(60_000)).toEqual({});
  expect(few(5_000)).toMatchObject({ epochs: 20, batchSize: 32 });
  expect(few(200)).toMatchObject({ epochs: 40 });
});
