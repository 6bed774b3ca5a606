import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type TensorData } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { liteToOnnx, prepareLite } from '../../../scripts/import/prepare-lite.ts';
import type { ModelChoices } from '../../../scripts/import/prepared.ts';
import type { ImportedLiteModel } from '../../../scripts/read/format-reader.ts';
import { tfliteReader } from '../../../scripts/read/formats/tflite/reader.ts';
import { readModel } from '../../../scripts/read/read-model.ts';
import { readLite } from '../../../scripts/tensorflow/lite/lite-model.ts';
import { type LiteAnswer, liteAnswers, liteModel } from '../convert/tflite/answers.ts';
import { memorySource } from '../read/memory-source.ts';

const CHOICES: ModelChoices = { pictures: {}, allowNonfinite: false };

async function prepared(name: string, choices: Partial<ModelChoices> = {}) {
  const imported = await tfliteReader.read(memorySource({ 'model.tflite': liteModel(name) }, 'file'));
  return prepareLite(imported, { ...CHOICES, ...choices });
}

async function answer(onnx: Uint8Array, pictures: Uint8Array, side: number): Promise<TensorData> {
  const engine = await createEngine(onnx);
  try {
    const [input] = engine.inputs;
    const rows = pictures.length / side ** 2 / 3;
    const feeds = { [input?.name ?? '']: { datatype: 'UINT8' as const, shape: [rows, side, side, 3], data: pictures } };
    return Object.values(await engine.run(feeds))[0] as TensorData;
  } finally {
    await engine.close();
  }
}

const PICTURES = Uint8Array.from({ length: 2 * 16 * 16 * 3 }, (_, i) => (i * 7919 + 104_729) % 256);

describe('prepareLite', () => {
  it('takes pictures with the preprocessing of the metadata, any number at once', async () => {
    const { manifest, onnx, precision, notes, verification } = await prepared('described.float');
    expect(manifest).toMatchObject({
      task: 'classification',
      input: { kind: 'picture', height: 16, width: 16, channels: 3, colour: 'rgb' },
      output: { labels: ['circle', 'square', 'star'], activation: 'softmax' },
    });
    expect(precision).toBeUndefined();
    expect(notes.join('\n')).toContain('(x - 127.5) / 127: its metadata says so');
    expect(verification.against).toContain('TensorFlow Lite');
    expect((await answer(onnx, PICTURES, 16)).shape).toEqual([2, 3]);
  });

  it.each(['int8', 'uint8'])(
    'computes in eight bits where the file does (%s), and answers shares of one',
    async (form) => {
      const stored = await prepared(`described.${form}`);
      expect(stored.precision).toBe('int8');
      expect(stored.manifest).toMatchObject({ task: 'classification', output: { activation: 'softmax' } });
      const [received, real] = await Promise.all([
        answer(stored.onnx, PICTURES, 16),
        answer((await prepared(`described.${form}`, { precision: 'float32' })).onnx, PICTURES, 16),
      ]);
      expect(received.datatype).toBe('FP32');
      for (const [i, value] of (received.data as Float32Array).entries()) {
        // Its answers have steps of 1/256.
        expect(value * 256).toBeCloseTo(Math.round(value * 256), 4);
        expect(Math.abs(value - (real.data[i] as number))).toBeLessThan(0.05);
      }
    },
  );

  it('keeps the stored numbers of a model that is no classifier', async () => {
    const { manifest } = await prepared('conv-relu6.int8');
    expect(manifest).toMatchObject({
      task: 'tensors',
      input: { tensors: [{ datatype: 'INT8' }] },
      output: { tensors: [{ datatype: 'INT8' }] },
    });
  });

  it('compares with given answers, which may be one step off', async () => {
    const { inputs, outputs } = liteAnswers().find(({ name }) => name === 'conv-relu6.int8') as LiteAnswer;
    const [x0, y0] = [inputs.x0, outputs.y0] as [
      { shape: number[]; data: number[] },
      { shape: number[]; data: number[] },
    ];
    const expectation = (data: number[]) =>
      ({ inputs: [x0], outputs: [{ shape: y0.shape, data }] }) as unknown as ModelChoices['expectation'];
    const { verification } = await prepared('conv-relu6.int8', { expectation: expectation(y0.data) });
    expect(verification.expected?.maxDifference).toBe(0);
    await expect(
      prepared('conv-relu6.int8', { expectation: expectation(y0.data.map((value) => value + 2)) }),
    ).rejects.toMatchObject({ code: 'verification-failed' });
  });

  it('says that small weights are not what is computed with', async () => {
    const { notes } = await prepared('fully-connected-wide.dynamic', { task: 'tensors' });
    expect(notes.join('\n')).toContain('Its weights are quantized and what it computes is not');
  });
});

const models = process.env.MODELS_SAMPLE_DIR;

const FIXTURES = join(import.meta.dirname, '../../fixtures/tflite');
const PUBLISHED = 'mobilenet_edgetpu_224_1.0_uint8';

/** The two pictures that `make.py` of the fixtures asked ai-edge-litert about. */
function pictureBytes(which: 0 | 1): Uint8Array {
  return Uint8Array.from({ length: 224 * 224 * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % 224, Math.floor(i / 672), i % 3];
    return which === 0 ? (x * 3 + y * 5 + c * 70) % 256 : (x * y + x * x * 3 + c * 85) % 251;
  });
}

describe.skipIf(!models)('MobileNetEdgeTPU, as published (MODELS_SAMPLE_DIR)', () => {
  it('answers ai-edge-litert’s stored numbers, features and scores, all of them', async () => {
    const wanted = JSON.parse(readFileSync(join(FIXTURES, `${PUBLISHED}.json`), 'utf8')) as Record<string, number[]>[];
    const lite = readLite(new Uint8Array(readFileSync(join(models as string, `${PUBLISHED}.tflite`))));
    const tensorOf = (name: string, end: 'inputs' | 'outputs') => ({
      name,
      tensor: lite.operators.find((operator) => operator.name === name)?.[end][0] as number,
    });
    const cut = { ...lite, outputs: [tensorOf('AVERAGE_POOL_2D', 'outputs'), tensorOf('SOFTMAX', 'inputs')] };
    const engine = await createEngine(liteToOnnx(cut, { precision: 'exact', inputs: 'own', outputs: 'own' }).onnx);
    for (const which of [0, 1] as const) {
      const shape = [1, 224, 224, 3];
      const answers = await engine.run({ input: { datatype: 'UINT8', shape, data: pictureBytes(which) } });
      expect(Array.from(answers.AVERAGE_POOL_2D?.data as Uint8Array)).toEqual(wanted[which]?.features);
      expect(Array.from(answers.SOFTMAX?.data as Uint8Array)).toEqual(wanted[which]?.logits);
    }
    await engine.close();
  });

  it.each(['exact', 'float32'] as const)('is verified and takes pictures: %s', async (precision) => {
    const { imported } = await readModel(join(models as string, `${PUBLISHED}.tflite`));
    const { manifest, onnx, ...made } = await prepareLite(imported as ImportedLiteModel, { ...CHOICES, precision });
    expect(made.precision).toBe(precision === 'exact' ? 'int8' : undefined);
    expect(manifest).toMatchObject({
      task: 'classification',
      input: { kind: 'picture', height: 224, width: 224, colour: 'rgb' },
      output: { activation: 'softmax' },
    });
    // Weights stay eight bits wide: the file is 4,193,912 bytes.
    expect(onnx.length).toBeLessThan(4_300_000);
    const engine = await createEngine(onnx);
    expect(engine.outputs[0]?.shape).toEqual([null, 1001]);
    await engine.close();
  });
});
