import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@freezeframe/inference';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { freezeModel } from '../../../../../scripts/convert/freeze.ts';
import type { ImportedKerasModel } from '../../../../../scripts/read/format-reader.ts';
import { teachableMachineReader } from '../../../../../scripts/read/formats/teachable-machine/reader.ts';
import { openBytes, openSource, type Source } from '../../../../../scripts/read/source.ts';
import { memorySource } from '../../memory-source.ts';
import { formula, largestDifference } from '../tfjs-layers/tfjs-files.ts';

const layer = (class_name: string, config: object) => ({ class_name, config });
/** The shape of a Teachable Machine model, with a network of two layers. */
const TOPOLOGY = layer('Sequential', {
  name: 'sequential_4',
  layers: [
    layer('Sequential', {
      name: 'sequential_1',
      layers: [
        layer('Model', {
          name: 'model1',
          layers: [
            {
              name: 'input_1',
              ...layer('InputLayer', { name: 'input_1', batch_input_shape: [null, 224, 224, 3] }),
              inbound_nodes: [],
            },
            {
              name: 'Conv1_pad',
              ...layer('ZeroPadding2D', {
                name: 'Conv1_pad',
                padding: [
                  [0, 1],
                  [0, 1],
                ],
              }),
              inbound_nodes: [[['input_1', 0, 0, {}]]],
            },
            {
              name: 'Conv_1_bn',
              ...layer('BatchNormalization', { name: 'Conv_1_bn', axis: -1 }),
              inbound_nodes: [[['Conv1_pad', 0, 0, {}]]],
            },
          ],
          input_layers: [['input_1', 0, 0]],
          output_layers: [['Conv_1_bn', 0, 0]],
        }),
        layer('GlobalAveragePooling2D', { name: 'global_average_pooling2d_GlobalAveragePooling2D1' }),
      ],
    }),
    layer('Sequential', {
      name: 'sequential_3',
      layers: [layer('Dense', { name: 'dense_Dense2', units: 2, activation: 'softmax', use_bias: false })],
    }),
  ],
});
const WEIGHTS = [
  ...['gamma', 'beta'].map((name) => ({ name: `Conv_1_bn/${name}`, shape: [3], dtype: 'float32' })),
  { name: 'dense_Dense2/kernel', shape: [3, 2], dtype: 'float32' },
  ...['moving_mean', 'moving_variance'].map((name) => ({ name: `Conv_1_bn/${name}`, shape: [3], dtype: 'float32' })),
];
const MODEL = {
  'model.json': JSON.stringify({
    modelTopology: TOPOLOGY,
    weightsManifest: [{ paths: ['weights.bin'], weights: WEIGHTS }],
  }),
  'weights.bin': new Uint8Array(Float32Array.from({ length: 18 }, (_, i) => (i + 1) / 18).buffer),
};
const METADATA = {
  tfjsVersion: '1.7.4',
  packageVersion: '0.8.4',
  packageName: '@teachablemachine/image',
  labels: ['cat', 'dog'],
};

async function read(source: Source): Promise<ImportedKerasModel> {
  expect(await teachableMachineReader.recognises(source)).toBe(true);
  return (await teachableMachineReader.read(source)) as ImportedKerasModel;
}

describe('teachableMachineReader', () => {
  it('knows the classes and the preprocessing of a TensorFlow.js export', async () => {
    const imported = await read(memorySource({ ...MODEL, 'metadata.json': JSON.stringify(METADATA) }));
    expect(imported).toMatchObject({
      format: 'teachable-machine',
      labels: ['cat', 'dog'],
      hints: { preprocess: 'teachable-machine', resize: 'cover', reason: expect.stringContaining('Teachable Machine') },
    });
    expect([...imported.model.weights.keys()]).toContain('sequential_1/model1/Conv_1_bn/moving_mean');
  });

  it('knows the model by its shape where metadata.json is gone', async () => {
    const imported = await read(memorySource(MODEL));
    expect(imported.labels).toBeUndefined();
    expect(imported.hints?.preprocess).toBe('teachable-machine');
  });

  it('wants as many classes as the model has', async () => {
    const files = { ...MODEL, 'metadata.json': JSON.stringify({ ...METADATA, labels: ['cat'] }) };
    await expect(teachableMachineReader.read(memorySource(files))).rejects.toMatchObject({ code: 'option-mismatch' });
  });

  it.each([
    ['audio', { tfjsSpeechCommandsVersion: '0.4.0', wordLabels: ['Background Noise', 'clap'] }],
    ['pose', { ...METADATA, packageName: '@teachablemachine/pose', modelSettings: { posenet: {} } }],
  ])('refuses %s projects, and says what can be imported', async (kind, metadata) => {
    const source = memorySource({ ...MODEL, 'metadata.json': JSON.stringify(metadata) });
    expect(await teachableMachineReader.recognises(source)).toBe(true);
    const error = await teachableMachineReader.read(source).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'format-unknown', remedy: expect.stringContaining('Image projects') });
    expect(error.message).toContain(kind);
  });

  it('leaves other models to other readers', async () => {
    const other = layer('Sequential', {
      name: 's',
      layers: [layer('Dense', { name: 'd', units: 2, batch_input_shape: [null, 3] })],
    });
    const files = { 'model.json': JSON.stringify({ modelTopology: other, weightsManifest: [] }) };
    expect(await teachableMachineReader.recognises(memorySource(files))).toBe(false);
    expect(await teachableMachineReader.recognises(memorySource({ 'a.h5': new Uint8Array(5000) }))).toBe(false);
    expect(await teachableMachineReader.recognises(memorySource({ 'labels.txt': '0 cat' }))).toBe(false);
  });
});

const wild = process.env.FIXTURES_DIR && join(process.env.FIXTURES_DIR, 'wild');

interface Answers {
  readonly input: { shape: number[] };
  readonly output: { data: number[] };
}

async function difference(
  model: ImportedKerasModel['model'],
  { input: { shape }, output }: Answers,
  spread: boolean,
): Promise<number> {
  const engine = await createEngine(
    freezeModel(model, { input: { kind: 'tensors' }, output: { kind: 'tensors' } }).onnx,
  );
  try {
    const data = spread ? formula(shape).map((x) => 2 * x - 1) : formula(shape);
    const answers = await engine.run({ [engine.inputs[0]?.name as string]: { datatype: 'FP32', shape, data } });
    return largestDifference(answers[engine.outputs[0]?.name as string]?.data as Float32Array, output.data);
  } finally {
    await engine.close();
  }
}

describe.skipIf(!wild)('exports of Teachable Machine (skipped without FIXTURES_DIR)', () => {
  const tfjs = join(wild ?? '', 'teachable-machine-cat-dog-tfjs');
  const keras = join(wild ?? '', 'teachable-machine-rps.keras_model.h5');

  it('answers as TensorFlow.js', async () => {
    const imported = await read(await openSource(tfjs));
    expect(imported.labels).toEqual(['cat', 'dog']);
    const answers = JSON.parse(await readFile(join(tfjs, 'expected.json'), 'utf8'));
    const differences = [
      await difference(imported.model, answers, false),
      await difference(imported.model, answers.also[0], true),
    ];
    expect(Math.max(...differences)).toBeLessThanOrEqual(1e-5);
  });

  it('answers as Keras', async () => {
    const imported = await read(await openSource(keras));
    expect(imported.labels).toBeUndefined();
    const largest = await difference(
      imported.model,
      JSON.parse(await readFile(`${keras}.expected.json`, 'utf8')),
      false,
    );
    expect(largest).toBeLessThanOrEqual(1e-5);
  });

  it('reads the zip that Teachable Machine offers, and the bare file beside its labels', async () => {
    const [model, labels] = await Promise.all([
      readFile(keras),
      readFile(join(wild as string, 'teachable-machine-rps.labels.txt')),
    ]);
    const names = ['가위', '바위', '보'];
    const zip = zipSync({ 'keras_model.h5': model, 'labels.txt': labels });
    expect(await read(await openBytes('converted_keras.zip', zip))).toMatchObject({
      labels: names,
      hints: { resize: 'cover' },
    });
    const folder = await mkdtemp(join(tmpdir(), 'teachable-'));
    try {
      await copyFile(keras, join(folder, 'keras_model.h5'));
      await writeFile(join(folder, 'labels.txt'), labels);
      expect((await read(await openSource(join(folder, 'keras_model.h5')))).labels).toEqual(names);
      expect((await read(await openSource(folder))).labels).toEqual(names);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
