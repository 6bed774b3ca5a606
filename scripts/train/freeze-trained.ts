import {
  createEngine,
  DATATYPE_INFO,
  expected,
  FreezeframeError,
  type ManifestDraft,
  type TensorData,
} from '@freezeframe/inference';
import { type Dataset, learntOf, type SplitName, type TableDataset } from '#datasets';
import { type Constant, scoreAnswers } from '#evaluate';
import { type FreezeOptions, GRAPH_NAMES, rangeOf, runInBatches, type Samples } from '#frozen';
import type { NumbersWanted } from '#quantize';
import type { Verification } from '#reference';
import { checkName, type ModelStore, productionOf, type StoredModel } from '#store';
import { countOf } from '#terminal';
import { calibrationPictures } from './calibration-pictures.ts';
import { judge } from './judge.ts';
import type { TrainedModel, TrainingRecord } from './trained-model.ts';

/** Held-out samples that the reference answers too, in plain code: 8 ms each for 64 x 64 pictures, `small-cnn`. */
export const DEFAULT_SAMPLES = 256;

export interface FreezeTrainedOptions {
  readonly trained: TrainedModel;
  /** The data set that it was trained on: the test split is what it is verified and measured on. */
  readonly dataset: Dataset;
  readonly store: ModelStore;
  /** The name in the store. Default: the trained model's. */
  readonly name?: string;
  /** How many samples of the test split are compared with the reference. */
  readonly samples?: number | 'all';
  /** Stored numbers where its answers hold with them. */
  readonly numbers?: NumbersWanted | undefined;
  /** A folder of pictures that ranges for them are taken from, in the place of the data set. */
  readonly calibrate?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how many samples the reference has answered. */
  onProgress?(done: number): void;
  /** Told how far int8 is. */
  onPrecision?(what: string, done: number, total: number): void;
}

export interface FreezeReport {
  readonly stored: StoredModel;
  readonly verification: Verification;
  /** On the whole test split. */
  readonly metrics: { readonly before: Record<string, number>; readonly after: Record<string, number> };
  /** One answer to the whole test split, and whether the model is better. */
  readonly constant: Constant;
  /** That in words, where the model is not seen to be better. */
  readonly doubt: string | undefined;
  /** The version that the name alone means now. A model that has learnt nothing is kept out of production. */
  readonly production: string | null;
  /** What the frozen model answers to the test split, row-major, in the target's unit. */
  readonly answers: Float32Array;
  /** What was found of int8, in words. */
  readonly notes: readonly string[];
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Freezes a trained model, verifies it on held-out samples, scores it on the test split, and saves it.
 * @throws FreezeframeError `verification-failed` (nothing is saved), `dataset-changed` (not the data it was trained on),
 *   and what `freezeModel` and the store throw
 */
export async function freezeTrained(options: FreezeTrainedOptions): Promise<FreezeReport> {
  const { trained, dataset, store, name = trained.name, onProgress } = options;
  const start = performance.now();
  checkName(name);
  const { training, model } = trained;
  checkDataset(training, dataset);
  const freezing = freezeOptions(training);
  // Loaded when they are needed: a command's help waits for this file.
  const [{ freezeModel }, { verifyFrozen }] = await Promise.all([import('#convert'), import('#reference')]);
  const { onnx: float, manifest } = freezeModel(model, freezing);
  const held = heldOut(dataset);
  const some = everyNth(held.samples, held.count, options.samples ?? DEFAULT_SAMPLES);
  const verification = await verifyFrozen(model, float, freezing, some, onProgress);
  const chosen = await inPrecision(options, float, manifest);
  const { onnx } = chosen;
  const answers = await answersOf(onnx, held);
  const { after, constant, doubt } = await judge(dataset, async (data) =>
    scoreAnswers(data === dataset ? answers : await answersOf(onnx, heldOut(data)), data),
  );
  const own = onnx === float ? after : scoreAnswers(await answersOf(float, held), dataset).metrics;
  checkMetrics(training.metrics, own, held.count);
  const { seconds: _, ...verified } = verification;
  const data = { name: dataset.name, digest: dataset.digest, split: 'test', count: held.count };
  const draft: ManifestDraft = {
    formatVersion: 1,
    ...manifest,
    precision: chosen.precision,
    metrics: {
      data,
      before: training.metrics,
      after,
      constant: { ...constant },
      verification: { ...verified },
      ...chosen.figures,
    },
    provenance: { ...provenanceOf(trained), ...learntFrom(dataset) },
  };
  const stored = await store.save(name, { manifest: draft, model: onnx });
  return {
    stored,
    verification,
    metrics: { before: training.metrics, after },
    constant,
    doubt,
    production: await productionOf(store, name),
    answers,
    notes: chosen.notes,
    bytes: onnx.length,
    seconds: (performance.now() - start) / 1000,
  };
}

async function inPrecision(options: FreezeTrainedOptions, onnx: Uint8Array, manifest: FrozenParts) {
  const { numbers, calibrate, dataset, signal, onPrecision } = options;
  if (!numbers) return { onnx, precision: 'float32' as const, figures: {}, notes: [] };
  const { folderPictures, storeNumbers } = await import('#quantize');
  const { input, output } = manifest;
  const named = calibrate !== undefined && input.kind === 'picture' && output.kind === 'classification';
  const pictures = named ? await folderPictures(calibrate, input, output.labels) : calibrationPictures(dataset);
  const request = { onnx, manifest, pictures, signal, ...(onPrecision ? { onProgress: onPrecision } : {}) };
  return storeNumbers(numbers, request);
}

type FrozenParts = Pick<ManifestDraft, 'task' | 'input' | 'output'>;

/** What the frozen graph takes and answers, from what training has noted. */
function freezeOptions(training: TrainingRecord): FreezeOptions {
  if (training.kind === 'pictures') {
    return {
      input: { kind: 'picture', ...training.input, preprocess: training.preprocess },
      output: { kind: 'classification', labels: training.labels },
    };
  }
  const { features, target } = training.scaling;
  return { input: { kind: 'features', features }, output: { kind: 'regression', values: [target] } };
}

interface HeldOut {
  readonly count: number;
  readonly samples: Samples;
}

/** The test split, in the graph's own terms. */
function heldOut(dataset: Dataset): HeldOut {
  if (dataset.kind === 'pictures') {
    const { count, pixels } = dataset.splits.test;
    const { height, width, channels } = dataset.input;
    const picture: TensorData = { datatype: 'UINT8', shape: [count, height, width, channels], data: pixels };
    return { count, samples: { [GRAPH_NAMES.picture]: picture } };
  }
  const { count } = dataset.splits.test;
  const shape = [count, dataset.features.length];
  const features: TensorData = { datatype: 'FP32', shape, data: unscaledFeatures(dataset) };
  return { count, samples: { [GRAPH_NAMES.features]: features } };
}

function unscaledFeatures({ features, splits }: TableDataset): Float32Array {
  return splits.test.features.map((value, i) => {
    const feature = features[i % features.length] as (typeof features)[number];
    return value * rangeOf(feature) + feature.min;
  });
}

/** Samples spread evenly: data sets may be in the order of their classes. */
export function everyNth(samples: Samples, count: number, wanted: number | 'all'): Samples {
  const taken = wanted === 'all' ? count : Math.min(wanted, count);
  const rows = Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
  return Object.fromEntries(
    Object.entries(samples).map(([name, { datatype, shape, data }]): [string, TensorData] => {
      const size = data.length / count;
      // Not `slice`: a Buffer's is a view, and the data set would be written over.
      const chosen = new DATATYPE_INFO[datatype].array(size * taken);
      for (const [to, from] of rows.entries()) {
        for (let i = 0; i < size; i++) chosen[to * size + i] = data[from * size + i] as never;
      }
      return [name, { datatype, shape: [taken, ...shape.slice(1)], data: chosen }];
    }),
  );
}

async function answersOf(onnx: Uint8Array, held: HeldOut): Promise<Float32Array> {
  const engine = await createEngine(onnx);
  try {
    const { data } = Object.values(await runInBatches(engine, held.samples))[0] as TensorData;
    return data as Float32Array;
  } finally {
    await engine.close();
  }
}

/** Accuracy may move by a picture or two that float32 rounding decides; more means that another thing was frozen. */
function checkMetrics(before: Record<string, number>, after: Record<string, number>, count: number): void {
  const allowed = 0.001 + 2 / count;
  if (before.accuracy === undefined || after.accuracy === undefined) return;
  if (Math.abs(before.accuracy - after.accuracy) <= allowed) return;
  const change = `accuracy on ${countOf(count, 'test samples')} was ${before.accuracy} in training and is ${after.accuracy} frozen`;
  throw new FreezeframeError(
    'verification-failed',
    `The frozen graph does not answer as the trained model: ${change}`,
    {
      details: { before, after, allowed },
      remedy: 'Nothing was saved. Preprocessing in training and in the graph differ: report it, or train again.',
    },
  );
}

function checkDataset({ dataset: wanted }: TrainingRecord, { digest }: Dataset): void {
  if (digest === wanted.digest) return;
  throw new FreezeframeError('dataset-changed', expected(wanted.digest, `the digest of ${wanted.name}`, digest), {
    remedy: `The data set is not the one that the model was trained on: bring it back, or train again.`,
  });
}

function provenanceOf({ training, weightsDigest, model }: TrainedModel): ManifestDraft['provenance'] {
  const { architecture, backend, epochs, seed, dataset } = training;
  const data = { name: dataset.name, digest: dataset.digest };
  return {
    source: 'freezeframe train',
    weightsSha256: weightsDigest,
    sourceBytes: weightBytes(model.weights),
    architecture,
    backend,
    epochs,
    seed,
    dataset: data,
  };
}

/** What validates chooses the epoch: it is learnt from too. */
function learntFrom(dataset: Dataset): ManifestDraft['provenance'] {
  const digests = LEARNT_SPLITS.flatMap((split) => digestsOf(dataset, split));
  return digests.length > 0 ? { learnt: { ...learntOf(digests) } } : {};
}

const LEARNT_SPLITS = ['train', 'validation'] as const;

function digestsOf(dataset: Dataset, split: SplitName): readonly string[] {
  if (dataset.kind === 'table') return dataset.splits[split].digests ?? [];
  return (dataset.splits[split].files ?? []).map(({ digest }) => digest);
}

/** Of the weights, as they were trained. */
export function weightBytes(weights: TrainedModel['model']['weights']): number {
  return [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}
