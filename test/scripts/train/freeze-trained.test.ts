import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClassifier } from '@freezeframe/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PictureDataset, TableDataset } from '../../../scripts/datasets/dataset.ts';
import { learntAmong, readLearnt } from '../../../scripts/datasets/index.ts';
import { openStore } from '../../../scripts/store/index.ts';
import { everyNth, freezeTrained } from '../../../scripts/train/freeze-trained.ts';
import type { TrainedModel, TrainingRecord } from '../../../scripts/train/trained-model.ts';
import { tensorflowAnswers } from '../../tensorflow-js/layers.ts';
import { LABELS, PICTURE_INPUT, pictureModel, pictures, priceModel } from '../convert/frozen.ts';

const COUNT = 30;
const { kind: _kind, preprocess, ...input } = PICTURE_INPUT;
/** Of three colours: the model tells them from each other. */
const noise = pictures(COUNT).picture?.data as Uint8Array;
const pixels = noise.map((value, i) => (i % 3 === Math.floor(i / (8 * 7 * 3)) % 3 ? value : value >> 4));
const colourModel = () => pictureModel('same', 13);

/** A data set whose classes are what the model says, all but `wrong` of them. */
async function pictureDataset(wrong = 3): Promise<PictureDataset> {
  const data = Float32Array.from(pixels, (x) => x / 255);
  const [answer] = await tensorflowAnswers(colourModel(), [{ shape: [COUNT, 8, 7, 3], data }]);
  const classes = Int32Array.from({ length: COUNT }, (_, i) => {
    const row = Array.from(answer?.data.slice(3 * i, 3 * i + 3) ?? []);
    const best = row.indexOf(Math.max(...row));
    return i < wrong ? (best + 1) % 3 : best;
  });
  const test = { count: COUNT, pixels, classes };
  const splits = { train: test, validation: test, test };
  return { kind: 'pictures', name: 'photos', labels: LABELS, input, splits, digest: 'd1', skipped: [] };
}

function record(accuracy: number): TrainingRecord {
  return {
    formatVersion: 1,
    kind: 'pictures',
    dataset: { name: 'photos', digest: 'd1', spec: 'photos', options: {} },
    architecture: 'small-cnn',
    backend: 'onnx',
    epochs: 2,
    seed: 1,
    metrics: { accuracy },
    labels: LABELS,
    input,
    preprocess: { scale: [...preprocess.scale], offset: [...preprocess.offset] },
  };
}

function trained(training: TrainingRecord, model = colourModel()): TrainedModel {
  return { name: 'gnomes', model, training, weightsDigest: 'ab'.repeat(32) };
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'freezeframe-freeze-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('freezeTrained', () => {
  it('saves a verified model that serving opens, with metrics before and after', async () => {
    const store = openStore(join(root, 'pictures'));
    const dataset = await pictureDataset();
    const report = await freezeTrained({ trained: trained(record(0.9)), dataset, store, samples: 12 });
    expect(report.metrics).toEqual({
      before: { accuracy: 0.9 },
      after: {
        accuracy: 0.9,
        accuracyLow: expect.closeTo(0.7438, 4),
        accuracyHigh: expect.closeTo(0.9654, 4),
        count: COUNT,
      },
    });
    expect(report).toMatchObject({ constant: { verdict: 'better' }, doubt: undefined, production: '1' });
    expect(report.verification).toMatchObject({ samples: 12, top1Identical: true });
    const { manifest, folder } = await store.resolve('gnomes');
    expect(manifest.metrics).toMatchObject({
      data: { name: 'photos', digest: 'd1', split: 'test', count: COUNT },
      before: { accuracy: 0.9 },
      after: { accuracy: 0.9 },
      constant: { answer: expect.any(String), verdict: 'better' },
      verification: { samples: 12, top1Identical: true },
    });
    expect(manifest.provenance).toMatchObject({ weightsSha256: 'ab'.repeat(32), epochs: 2 });
    expect(manifest.provenance.learnt).toBeUndefined();
    const classifier = await openClassifier(folder);
    expect(classifier.manifest.name).toBe('gnomes');
    await classifier.close();
  });

  it('notes which files were learnt, those that chose the epoch too', async () => {
    const store = openStore(join(root, 'learnt'));
    const made = await pictureDataset();
    const files = ['a', 'b', 'c'].map((one) => [{ file: one, path: one, digest: one.repeat(64) }]);
    const [train, validation, test] = files.map((own) => ({ ...made.splits.test, files: own }));
    if (!train || !validation || !test) throw new Error('three splits');
    const dataset = { ...made, splits: { train, validation, test } };
    const { stored } = await freezeTrained({ trained: trained(record(0.9)), dataset, store, samples: 4 });
    const learnt = readLearnt(stored.manifest.provenance.learnt);
    const among = files.map(([one]) => learnt && learntAmong(learnt, [one?.digest ?? '']).count);
    expect(among).toEqual([1, 1, 0]);
  });

  it('keeps a model that is no better than one answer out of production', async () => {
    const store = openStore(join(root, 'nothing'));
    const all = (wrong: number, accuracy: number) => async () =>
      freezeTrained({ trained: trained(record(accuracy)), dataset: await pictureDataset(wrong), store, samples: 4 });
    const nothing = await all(COUNT, 0)();
    expect(nothing).toMatchObject({ constant: { verdict: 'not-better' }, production: null, stored: { version: '1' } });
    expect(nothing.doubt).toMatch(/^On 30 test pictures it is not better than always answering "\w+": accuracy 0.0 %/);
    await expect(store.resolve('gnomes')).rejects.toMatchObject({ code: 'tag-not-found' });
    expect(await all(3, 0.9)()).toMatchObject({ production: '2', doubt: undefined });
    expect(await all(COUNT - 1, 1 / COUNT)()).toMatchObject({ production: '2', stored: { version: '3' } });
  });

  it('freezes the same model to the same version', async () => {
    const store = openStore(join(root, 'again'));
    const options = {
      trained: trained(record(0.9)),
      dataset: await pictureDataset(),
      store,
      samples: 4,
      name: 'other',
    };
    const [first, second] = [await freezeTrained(options), await freezeTrained(options)];
    expect(second.stored).toMatchObject({ name: 'other', version: '1', digest: first.stored.digest });
  });

  it('compares all samples where asked, and tells how far it is', async () => {
    const store = openStore(join(root, 'all'));
    const done: number[] = [];
    const onProgress = (n: number) => done.push(n);
    const dataset = await pictureDataset();
    const { verification } = await freezeTrained({
      trained: trained(record(0.9)),
      dataset,
      store,
      samples: 'all',
      onProgress,
    });
    expect(verification.samples).toBe(COUNT);
    expect(done.at(-1)).toBe(COUNT);
  });

  it('saves nothing when the test split is answered otherwise than in training', async () => {
    const store = openStore(join(root, 'gate'));
    const freezing = freezeTrained({ trained: trained(record(0.6)), dataset: await pictureDataset(), store });
    await expect(freezing).rejects.toMatchObject({
      code: 'verification-failed',
      message: expect.stringContaining('was 0.6 in training and is 0.9 frozen'),
    });
    expect((await store.list()).models).toEqual([]);
  });

  it('saves nothing for data that it was not trained on', async () => {
    const store = openStore(join(root, 'changed'));
    const dataset = { ...(await pictureDataset()), digest: 'd2' };
    const freezing = freezeTrained({ trained: trained(record(0.9)), dataset, store });
    await expect(freezing).rejects.toMatchObject({ code: 'dataset-changed' });
    expect((await store.list()).models).toEqual([]);
  });

  it('measures a regression in its unit', async () => {
    const features = [
      { name: 'area', min: 40, max: 240 },
      { name: 'rooms', min: 1, max: 9 },
    ];
    const target = { name: 'price', unit: 'dollars', min: 50_000, max: 850_000 };
    const rows = Float32Array.from([0, 0, 1, 1, 0.5, 0.25]);
    const [answer] = await tensorflowAnswers(priceModel(), [{ shape: [3, 2], data: rows }]);
    // Each target is 0.01 off: 8,000 dollars.
    const target01 = Float32Array.from(answer?.data ?? [], (x) => x + 0.01);
    const test = { count: 3, features: rows, target: target01, digests: ['a', 'b', 'c'].map((one) => one.repeat(64)) };
    const dataset: TableDataset = {
      kind: 'table',
      notes: [],
      name: 'houses',
      features,
      target,
      splits: { train: test, validation: test, test },
      digest: 'd1',
      skipped: [],
    };
    const { labels: _, input: __, preprocess: ___, ...common } = record(0) as TrainingRecord & { kind: 'pictures' };
    const training: TrainingRecord = { ...common, kind: 'table', metrics: {}, scaling: { features, target } };
    const store = openStore(join(root, 'table'));
    const { metrics, stored } = await freezeTrained({ trained: trained(training, priceModel()), dataset, store });
    expect(metrics.after.meanAbsoluteError).toBeCloseTo(8000, 0);
    expect(metrics.after.rootMeanSquaredError).toBeCloseTo(8000, 0);
    expect(stored.manifest.output).toMatchObject({ values: [{ name: 'price', unit: 'dollars' }] });
    expect(readLearnt(stored.manifest.provenance.learnt)?.count).toBe(3);
  });
});

describe('everyNth', () => {
  it('spreads the samples over the whole', () => {
    const samples = {
      x: { datatype: 'FP32', shape: [5, 2], data: new Float32Array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]) },
    } as const;
    expect(everyNth(samples, 5, 2).x).toMatchObject({ shape: [2, 2], data: new Float32Array([0, 0, 2, 2]) });
    expect(everyNth(samples, 5, 'all')).toEqual(samples);
    expect(everyNth(samples, 5, 99)).toEqual(samples);
  });

  it('leaves a data set that is read from files as it is', () => {
    const data = Buffer.from([10, 11, 12, 13]);
    const samples = { picture: { datatype: 'UINT8', shape: [4, 1], data } } as const;
    expect(Array.from(everyNth(samples, 4, 2).picture?.data as Uint8Array)).toEqual([10, 12]);
    expect([...data]).toEqual([10, 11, 12, 13]);
  });
});
