import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrainedModel, type TrainingRecord, writeTrainedModel } from '../../../scripts/train/trained-model.ts';
import { tensorflowAnswers } from '../../tensorflow-js/layers.ts';
import { core, layers, onCpu } from '../../tensorflow-js/tensorflow.ts';
import { LABELS, PICTURE_INPUT, pictureModel } from '../convert/frozen.ts';
import { numbers } from '../convert/harness.ts';

const { kind: _, ...pictureInput } = PICTURE_INPUT;
const { preprocess, ...input } = pictureInput;

const training: TrainingRecord = {
  formatVersion: 1,
  kind: 'pictures',
  dataset: { name: 'photos', digest: 'ab12', spec: './photos', options: { seed: 1, size: 8 } },
  architecture: 'small-cnn',
  backend: 'onnx',
  epochs: 3,
  seed: 1,
  metrics: { accuracy: 0.9 },
  labels: LABELS,
  input,
  preprocess: { scale: [...preprocess.scale], offset: [...preprocess.offset] },
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'freezeframe-trained-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a trained model on disk', () => {
  it('is read back as it was written', async () => {
    const model = pictureModel();
    const folder = await writeTrainedModel('gnomes', { model, training }, root);
    expect(folder).toBe(join(root, 'trained', 'gnomes'));
    expect((await readdir(folder)).sort()).toEqual(['model.json', 'training.json', 'weights.bin']);
    const read = await readTrainedModel('gnomes', root);
    expect(read.training).toEqual(training);
    expect(read.model.config).toEqual(model.config);
    expect([...read.model.weights]).toEqual([...model.weights]);
    expect(read.weightsDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is loaded by TensorFlow.js as any of its models', async () => {
    const model = pictureModel();
    const folder = await writeTrainedModel('for-tfjs', { model, training }, root);
    const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
    const weights = new Uint8Array(await readFile(join(folder, 'weights.bin')));
    const data = numbers(2 * 8 * 7 * 3, 3);
    const [wanted] = await tensorflowAnswers(model, [{ shape: [2, 8, 7, 3], data }]);
    await onCpu(async () => {
      const artifacts = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData: weights.buffer };
      const loaded = await layers.loadLayersModel(core.io.fromMemory(artifacts));
      const answer = loaded.predict(core.tensor(data, [2, 8, 7, 3])) as core.Tensor;
      expect(answer.dataSync()).toEqual(wanted?.data);
      loaded.dispose();
    });
  });

  it('is replaced as a whole, and leaves nothing beside it', async () => {
    await writeTrainedModel('twice', { model: pictureModel('same', 1), training }, root);
    const second = pictureModel('same', 2);
    await writeTrainedModel('twice', { model: second, training: { ...training, epochs: 9 } }, root);
    const read = await readTrainedModel('twice', root);
    expect(read.training.epochs).toBe(9);
    expect(read.model.weights.get('dense_6/bias')).toEqual(second.weights.get('dense_6/bias'));
    expect((await readdir(join(root, 'trained'))).filter((entry) => entry.startsWith('twice'))).toEqual(['twice']);
  });

  it('is not found under another name, and says what to type', async () => {
    await expect(readTrainedModel('nobody', root)).rejects.toMatchObject({
      code: 'trained-not-found',
      remedy: expect.stringMatching(/freezeframe train .*on a pretrained network, is frozen already/),
    });
  });

  it.each(['../up', '', '.hidden', 'a/b', 'a\\b'])('refuses the name %j', async (name) => {
    await expect(readTrainedModel(name, root)).rejects.toMatchObject({ code: 'name-not-valid' });
  });

  const damages: [string, string, (text: Buffer) => Buffer | string][] = [
    ['weights that were cut', 'weights.bin', (bytes) => bytes.subarray(0, -4)],
    ['a model that is no JSON', 'model.json', () => '{'],
    ['weights elsewhere', 'model.json', (bytes) => bytes.toString().replace('"weights.bin"', '"../weights.bin"')],
    ['training that says nothing', 'training.json', () => '{}'],
    [
      'training of a newer format',
      'training.json',
      (b) => b.toString().replace('"formatVersion": 1', '"formatVersion": 2'),
    ],
  ];
  it.each(damages)('refuses %s', async (_, file, damage) => {
    const folder = await writeTrainedModel('damaged', { model: pictureModel(), training }, root);
    await writeFile(join(folder, file), damage(await readFile(join(folder, file))));
    await expect(readTrainedModel('damaged', root)).rejects.toMatchObject({ code: 'trained-damaged' });
  });
});
