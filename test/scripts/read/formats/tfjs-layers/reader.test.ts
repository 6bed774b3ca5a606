import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { freezeModel } from '../../../../../scripts/convert/freeze.ts';
import { readTfjsLayers, tfjsLayersReader } from '../../../../../scripts/read/formats/tfjs-layers/reader.ts';
import { openSource, type Source } from '../../../../../scripts/read/source.ts';
import { core, layers, onCpu } from '../../../../tensorflow-js/tensorflow.ts';
import { memorySource } from '../../memory-source.ts';
import { formula, largestDifference, modelJson, savedFiles } from './tfjs-files.ts';

const { dense, conv2d, flatten, batchNormalization, inputLayer, lstm, gru, simpleRNN, timeDistributed, bidirectional } =
  layers.layers;
const { separableConv2d, conv2dTranspose, leakyReLU, upSampling2d, prelu, globalAveragePooling2d } = layers.layers;
/** TensorFlow.js's own orthogonal initializer wants a method that only its whole package has. */
const ZEROS = { recurrentInitializer: 'zeros' as const };
const bytes = (data: Float32Array | Uint16Array | Uint8Array) => new Uint8Array(data.buffer);

/** Two dense layers in the words of Keras. */
const TOPOLOGY = {
  class_name: 'Sequential',
  config: {
    name: 'm',
    layers: [
      {
        class_name: 'Dense',
        config: { name: 'a', units: 2, batch_input_shape: [null, 3], activation: 'relu', use_bias: true },
      },
      { class_name: 'Dense', config: { name: 'b', units: 1, activation: 'hard_sigmoid', use_bias: false } },
    ],
  },
  keras_version: 'tfjs-layers 1.7.4',
  backend: 'tensor_flow.js',
};
const SPECS = [
  { name: 'a/kernel', shape: [3, 2], dtype: 'float32' },
  { name: 'a/bias', shape: [2], dtype: 'float32' },
  { name: 'b/kernel', shape: [2, 1], dtype: 'float32' },
];
const VALUES = Float32Array.from({ length: 10 }, (_, i) => i / 10);

async function frozenAnswer(source: Source, shape: number[]): Promise<Float32Array> {
  const { model } = await readTfjsLayers(source);
  const { onnx } = freezeModel(model, { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
  const engine = await createEngine(onnx);
  try {
    const [input, output] = [engine.inputs[0]?.name as string, engine.outputs[0]?.name as string];
    const answers = await engine.run({ [input]: { datatype: 'FP32', shape, data: formula(shape) } });
    return answers[output]?.data as Float32Array;
  } finally {
    await engine.close();
  }
}

/** Fresh random numbers everywhere: what initializers give is often 0 or 1. */
function randomize(model: layers.LayersModel): void {
  const values = model.getWeights().map((w, i) => core.randomUniform(w.shape, 0.1, 0.9, 'float32', i + 1));
  model.setWeights(values);
}

describe('tfjsLayersReader', () => {
  it('reads what TensorFlow.js itself saves, nested models and names that repeat its layers included', async () => {
    await onCpu(async () => {
      const features = layers.sequential({ name: 'features' });
      features.add(
        conv2d({
          filters: 4,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          inputShape: [8, 8, 3],
          activation: 'relu',
          name: 'c',
        }),
      );
      features.add(batchNormalization({ name: 'bn' }));
      const head = layers.sequential({ name: 'head' });
      head.add(inputLayer({ inputShape: [4, 4, 4] }));
      head.add(flatten({}));
      head.add(dense({ units: 3, activation: 'softmax', useBias: false, name: 'd' }));
      const model = layers.sequential({ layers: [features, head] });
      randomize(model);
      const source = memorySource(await savedFiles(model));
      expect(await tfjsLayersReader.recognises(source)).toBe(true);
      const shape = [2, 8, 8, 3];
      const wanted = (model.predict(core.tensor(formula(shape), shape)) as core.Tensor).dataSync();
      expect(largestDifference(await frozenAnswer(source, shape), wanted)).toBeLessThan(1e-6);
    });
  });

  it.each([
    [
      'recurrent layers',
      [5, 2],
      () => [
        lstm({ units: 3, returnSequences: true, ...ZEROS, inputShape: [5, 2] }),
        gru({ units: 3, returnSequences: true, ...ZEROS }),
        timeDistributed({ layer: dense({ units: 2 }) }),
        simpleRNN({ units: 2, returnSequences: true, goBackwards: true, ...ZEROS }),
        bidirectional({ layer: lstm({ units: 2, ...ZEROS }) as never, mergeMode: 'concat' }),
      ],
    ],
    [
      'convolutions',
      [6, 6, 3],
      () => [
        separableConv2d({ filters: 4, kernelSize: 3, inputShape: [6, 6, 3] }),
        leakyReLU({}),
        conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2, padding: 'same' }),
        upSampling2d({}),
        prelu({}),
        globalAveragePooling2d({}),
        dense({ units: 2, activation: 'hardSigmoid' }),
      ],
    ],
  ] as [string, number[], () => layers.layers.Layer[]][])('answers as TensorFlow.js for %s', async (_, dims, make) => {
    await onCpu(async () => {
      const model = layers.sequential({ layers: make() });
      randomize(model);
      const shape = [2, ...dims];
      const wanted = (model.predict(core.tensor(formula(shape), shape)) as core.Tensor).dataSync();
      const answer = await frozenAnswer(memorySource(await savedFiles(model)), shape);
      expect(largestDifference(answer, wanted)).toBeLessThan(1e-5);
    });
  });

  it('reads the form of the Python converter: model_config, shards that cut tensors, two groups', async () => {
    const all = bytes(VALUES);
    const source = memorySource({
      'web/model.json': JSON.stringify({
        generatedBy: 'keras v2.15.0',
        modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config: TOPOLOGY },
        weightsManifest: [
          {
            paths: ['group1-shard1of2.bin', './group1-shard2of2.bin'],
            weights: [{ ...SPECS[0], name: 'a/kernel:0' }, SPECS[1]],
          },
          { paths: ['group2-shard1of1.bin'], weights: [SPECS[2]] },
        ],
      }),
      'web/group1-shard1of2.bin': all.slice(0, 13),
      'web/group1-shard2of2.bin': all.slice(13, 32),
      'web/group2-shard1of1.bin': all.slice(32),
      'web/notes.json': '{"modelTopology": null}',
    });
    const { model, framework } = await readTfjsLayers(source);
    expect(framework).toBe('keras 2.15.0');
    expect([...model.weights.keys()]).toEqual(['a/kernel', 'a/bias', 'b/kernel']);
    expect(model.weights.get('b/kernel')?.data).toEqual(VALUES.slice(8));
    // TensorFlow.js has Keras 2's function under this name.
    expect(JSON.stringify(model.config)).toContain('"activation":"hard_sigmoid_keras2"');
  });

  it('reads topologies with JavaScript’s spelling, and as text', async () => {
    const topology = {
      className: 'Sequential',
      config: {
        name: 'myModel',
        layers: [
          {
            className: 'Dense',
            config: {
              name: 'denseOne',
              units: 1,
              batchInputShape: [null, 3],
              useBias: false,
              activation: 'hardSigmoid',
            },
          },
        ],
      },
    };
    const spec = [{ name: 'denseOne/kernel', shape: [3, 1], dtype: 'float32' }];
    const files = { 'model.json': modelJson(JSON.stringify(topology), spec), 'weights.bin': bytes(VALUES.slice(0, 3)) };
    const { model } = await readTfjsLayers(memorySource(files));
    expect(model.config).toEqual({
      class_name: 'Sequential',
      writer: 'keras-2',
      config: {
        name: 'myModel',
        layers: [
          {
            class_name: 'Dense',
            config: {
              name: 'denseOne',
              units: 1,
              batch_input_shape: [null, 3],
              use_bias: false,
              activation: 'hard_sigmoid_keras2',
            },
          },
        ],
      },
    });
    expect([...model.weights.keys()]).toEqual(['denseOne/kernel']);
  });

  it('reads a bare model.json with the files beside it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tfjs-'));
    try {
      await writeFile(join(folder, 'model.json'), modelJson(TOPOLOGY, SPECS));
      await writeFile(join(folder, 'weights.bin'), bytes(VALUES));
      const source = await openSource(join(folder, 'model.json'));
      expect((await readTfjsLayers(source)).model.weights.get('a/bias')?.data).toEqual(VALUES.slice(6, 8));
      await source.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['a missing shard', { 'model.json': modelJson(TOPOLOGY, SPECS) }, 'not-found', 'weights.bin'],
    [
      'a short shard',
      { 'model.json': modelJson(TOPOLOGY, SPECS), 'weights.bin': new Uint8Array(39) },
      'file-damaged',
      'Expected 40 bytes for weights.bin but received 39',
    ],
    [
      'a path out of the folder',
      { 'model.json': modelJson(TOPOLOGY, SPECS, ['../weights.bin']) },
      'file-hostile',
      '../weights.bin',
    ],
    ['an absolute path', { 'model.json': modelJson(TOPOLOGY, SPECS, ['/etc/passwd']) }, 'file-hostile', '/etc/passwd'],
    ['an address', { 'model.json': modelJson(TOPOLOGY, SPECS, ['http://a/b']) }, 'file-hostile', 'http://a/b'],
    [
      'text weights',
      { 'model.json': modelJson(TOPOLOGY, [{ name: 'a/kernel', shape: [1], dtype: 'string' }]), 'weights.bin': '' },
      'bad-weights',
      'a/kernel',
    ],
    [
      'giant weights',
      {
        'model.json': modelJson(TOPOLOGY, [{ name: 'a/kernel', shape: [2 ** 40], dtype: 'float32' }]),
        'weights.bin': '',
      },
      'limit-exceeded',
      'a/kernel',
    ],
    [
      'another model’s weights',
      {
        'model.json': modelJson(TOPOLOGY, [
          SPECS[0] as never,
          SPECS[1] as never,
          { name: 'c/kernel', shape: [2, 1], dtype: 'float32' },
        ]),
        'weights.bin': bytes(VALUES),
      },
      'bad-weights',
      'weights of layer b',
    ],
    [
      'another shape',
      {
        'model.json': modelJson(TOPOLOGY, [
          { name: 'a/kernel', shape: [2, 3], dtype: 'float32' },
          SPECS[1] as never,
          SPECS[2] as never,
        ]),
        'weights.bin': bytes(VALUES),
      },
      'bad-weights',
      'Expected [3, 2] for weight a/kernel but received [2, 3]',
    ],
    ['no manifest', { 'model.json': JSON.stringify({ modelTopology: TOPOLOGY }) }, 'file-damaged', 'weightsManifest'],
    [
      'no config',
      { 'model.json': modelJson({ a: 1 }, SPECS), 'weights.bin': bytes(VALUES) },
      'file-damaged',
      'a model config',
    ],
    [
      'unknown layers',
      {
        'model.json': modelJson(
          {
            class_name: 'Sequential',
            config: { layers: [{ class_name: 'Mystery', config: { name: 'x', batch_input_shape: [null, 3] } }] },
          },
          [],
        ),
        'weights.bin': '',
      },
      'unsupported-layer',
      'Mystery',
    ],
    [
      'two models',
      { 'a.json': modelJson(TOPOLOGY, SPECS), 'b.json': modelJson(TOPOLOGY, SPECS) },
      'format-unknown',
      'one model',
    ],
  ] as [string, Record<string, string | Uint8Array>, string, string][])('refuses %s', async (_, files, code, text) => {
    const error = await readTfjsLayers(memorySource(files)).catch((caught) => caught);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(text);
  });

  it('is not for graph models and other JSON', async () => {
    const graph = { 'model.json': JSON.stringify({ modelTopology: { node: [] }, weightsManifest: [] }) };
    expect(await tfjsLayersReader.recognises(memorySource(graph))).toBe(false);
    expect(await tfjsLayersReader.recognises(memorySource({ 'model.json': JSON.stringify(TOPOLOGY) }))).toBe(false);
    expect(await tfjsLayersReader.recognises(memorySource({ 'x.json': '{', 'y.bin': '' }))).toBe(false);
  });
});

const wild = process.env.FIXTURES_DIR && join(process.env.FIXTURES_DIR, 'wild', 'teachable-machine-cat-dog-tfjs');

describe.skipIf(!wild)('the export of Teachable Machine (skipped without FIXTURES_DIR)', () => {
  it('answers as TensorFlow.js', async () => {
    const expectation = JSON.parse(readFileSync(join(wild as string, 'expected.json'), 'utf8'));
    const answer = await frozenAnswer(await openSource(wild as string), expectation.input.shape);
    const difference = largestDifference(answer, expectation.output.data);
    expect(difference).toBeLessThanOrEqual(1e-5);
  });
});
