import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '@freezeframe/inference';
import { afterAll, beforeAll } from 'vitest';
import { GraphBuilder } from '../../scripts/onnx/graph.ts';

type Draft = Omit<Manifest, 'formatVersion' | 'files' | 'precision' | 'metrics' | 'provenance' | 'version'>;

/** Says which of red, green and blue a picture has most of: the mean of each channel, sharpened by a softmax. */
export function colourModel(): { model: Uint8Array; draft: Draft } {
  const graph = new GraphBuilder();
  const pixels = graph.op('Cast', [graph.input('pixels', 'uint8', [null, 8, 8, 3])], { to: 1 });
  const means = graph.op('ReduceMean', [pixels, graph.ints([1, 2])], { keepdims: 0 });
  graph.node('Softmax', [graph.op('Div', [means, graph.float(32)])], ['colours'], { axis: 1 });
  graph.output('colours', 'float32', [null, 3]);
  const frame = { height: 8, width: 8, channels: 3, colour: 'rgb', resize: 'stretch', crop: 1 } as const;
  return {
    model: graph.build(),
    draft: {
      name: 'colours',
      task: 'classification',
      input: { kind: 'picture', name: 'pixels', ...frame, kernel: 'linear', invert: false, datatype: 'UINT8' },
      output: { kind: 'classification', name: 'colours', labels: ['red', 'green', 'blue'], activation: 'softmax' },
    },
  };
}

/**
 * The same, of a model that tells when a picture shows none of them (a grey one is 1 from all colours, a pure one 0), and
 * where in 2 x 2 parts each colour is: a part's mean of the channel.
 */
export function tellingModel(): { model: Uint8Array; draft: Draft } {
  const graph = new GraphBuilder();
  const pixels = graph.op('Cast', [graph.input('pixels', 'uint8', [null, 8, 8, 3])], { to: 1 });
  const scaled = graph.op('Div', [pixels, graph.float(255)]);
  const means = graph.op('ReduceMean', [scaled, graph.ints([1, 2])], { keepdims: 0 });
  graph.node('Softmax', [graph.op('Mul', [means, graph.float(8)])], ['colours'], { axis: 1 });
  const [most, least] = ['ReduceMax', 'ReduceMin'].map((type) =>
    graph.op(type, [means, graph.ints([1])], { keepdims: 0 }),
  );
  const spread = graph.op('Sub', [most as string, least as string]);
  graph.node('Sub', [graph.float(1), spread], ['distance']);
  const planes = graph.op('Transpose', [scaled], { perm: [0, 3, 1, 2] });
  const parts = graph.op('AveragePool', [planes], { kernel_shape: [4, 4], strides: [4, 4] });
  graph.node('Transpose', [parts], ['map'], { perm: [0, 2, 3, 1] });
  graph.output('colours', 'float32', [null, 3]);
  graph.output('distance', 'float32', [null]);
  graph.output('map', 'float32', [null, 2, 2, 3]);
  const { draft } = colourModel();
  const output = {
    ...draft.output,
    unknown: { name: 'distance', threshold: 0.5, recall: 0.95, falseAccepts: 0.01 },
    heatmap: { name: 'map', rows: 2, columns: 2 },
  } as Manifest['output'];
  return { model: graph.build(), draft: { ...draft, name: 'telling', output } };
}

/** Price in dollars = 1000 x area + 50 x rooms. */
export function priceModel(): { model: Uint8Array; draft: Draft } {
  const graph = new GraphBuilder();
  const house = graph.input('house', 'float32', [null, 2]);
  graph.node('MatMul', [house, graph.weight('weights', [2, 1], new Float32Array([1000, 50]))], ['price']);
  graph.output('price', 'float32', [null, 1]);
  return {
    model: graph.build(),
    draft: {
      name: 'prices',
      task: 'regression',
      input: {
        kind: 'tensors',
        tensors: [{ name: 'house', shape: [null, 2], datatype: 'FP32' }],
        features: [{ name: 'area', unit: 'm²' }, { name: 'rooms' }],
      },
      output: { kind: 'regression', name: 'price', values: [{ name: 'price', unit: 'dollars' }] },
    },
  };
}

/** Says `small` or `large`: whether the sum of two numbers is above ten. Takes `batch` rows at once. */
export function sizeModel(name: string, batch: number | null): { model: Uint8Array; draft: Draft } {
  const graph = new GraphBuilder();
  const numbers = graph.input('numbers', 'float32', [batch, 2]);
  const sum = graph.op('MatMul', [numbers, graph.weight('ones', [2, 1], new Float32Array([1, 1]))]);
  graph.node('Sigmoid', [graph.op('Sub', [sum, graph.float(10)])], ['size']);
  graph.output('size', 'float32', [batch, 1]);
  return {
    model: graph.build(),
    draft: {
      name,
      task: 'classification',
      input: {
        kind: 'tensors',
        tensors: [{ name: 'numbers', shape: [batch, 2], datatype: 'FP32' }],
        features: [{ name: 'a' }, { name: 'b' }],
      },
      output: {
        kind: 'classification',
        name: 'size',
        labels: ['small', 'large'],
        activation: 'sigmoid',
      },
    },
  };
}

/** Writes the models as a model layer has them, the first one the default, and answers the folder. */
export async function writeModels(models: readonly { model: Uint8Array; draft: Draft }[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-models-'));
  for (const { model, draft } of models) {
    const manifest: Manifest = {
      ...draft,
      formatVersion: 1,
      version: '1',
      precision: 'float32',
      metrics: { accuracy: 1 },
      provenance: { source: '/home/someone/secret.keras' },
      files: {
        'model.onnx': { sha256: createHash('sha256').update(model).digest('hex'), bytes: model.byteLength },
      },
    };
    const version = join(folder, draft.name, '1');
    await mkdir(version, { recursive: true });
    await writeFile(join(version, 'model.onnx'), model);
    await writeFile(join(version, 'manifest.json'), JSON.stringify(manifest));
  }
  const names = models.map(({ draft }) => draft.name);
  const entries = names.map((name) => [name, { default: '1', versions: ['1'] }]);
  const index = { default: names[0], models: Object.fromEntries(entries) };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
  return folder;
}

/** Sets MODELS_DIR to a folder with `models` for the tests of a file. */
export function useModels(models = [colourModel(), priceModel()]): void {
  let folder: string;
  beforeAll(async () => {
    folder = await writeModels(models);
    process.env.MODELS_DIR = folder;
    // What needs a key is tested where keys are.
    process.env.API_AUTH ??= 'public';
  });
  afterAll(async () => {
    delete process.env.MODELS_DIR;
    await rm(folder, { recursive: true });
  });
}
