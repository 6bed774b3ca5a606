import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, DatasetOptions } from '#datasets';
import { type Cost, scoreAnswers, timeWarm } from '#evaluate';
import { rangeOf } from '#frozen';
import type { NumbersWanted } from '#quantize';
import { checkName, type ModelStore } from '#store';
import { type Architecture, defaultArchitecture, findArchitecture } from './architectures/index.ts';
import type { TrainingBackend } from './backends/index.ts';
import type { Samples } from './batches/batches.ts';
import { nothingToResume, removeCheckpoint } from './checkpoint.ts';
import { DEFAULT_SAMPLES, type FreezeReport, freezeTrained, weightBytes } from './freeze-trained.ts';
import { lockTraining } from './lock.ts';
import { likelyReasons } from './reasons.ts';
import { dataOf, preprocessOf, settingsFor, shapeOf, taskFor } from './task.ts';
import { type EpochResult, type StepProgress, type TrainingResult, type TrainingSettings, train } from './train.ts';
import { readTrainedModel, type TrainingRecord, trainedFolder, writeTrainedModel } from './trained-model.ts';

export interface TrainDatasetOptions {
  readonly name: string;
  readonly dataset: Dataset;
  /** What was typed, and the loader's options: freezing again loads the same data by them. */
  readonly source: { readonly spec: string; readonly options: DatasetOptions };
  readonly backend: TrainingBackend;
  readonly seed: number;
  /** Default: what fits the data. */
  readonly architecture?: string;
  /** What differs from the architecture's own. */
  readonly settings?: Partial<Omit<TrainingSettings, 'augment'>>;
  /** Parts of the architecture's augmentation that are not wanted, or none of it at all. */
  readonly augment?: { readonly none?: boolean; readonly flip?: boolean };
  readonly resume?: boolean;
  /** Stored numbers where its answers hold with them. */
  readonly numbers?: NumbersWanted | undefined;
  readonly store: ModelStore;
  readonly storeRoot: string;
  readonly signal?: AbortSignal;
  onStart?(plan: { architecture: string; settings: TrainingSettings; kind: Dataset['kind']; samples: number }): void;
  onStep?(progress: StepProgress): void;
  onEpoch?(result: EpochResult): void;
  onFreeze?(done: number, total: number): void;
  onPrecision?(what: string, done: number, total: number): void;
}

export interface TrainReport {
  readonly architecture: string;
  readonly backend: string;
  /** Epochs run, and the one that was kept. */
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly seconds: number;
  /** On the test split. */
  readonly metrics: Record<string, number>;
  /** What the trained model took: one answer by what trained it, its weights, and this process with the data in it. */
  readonly before: Cost;
  readonly frozen: FreezeReport;
  /** Where the model is not seen to be better than one answer to everything: that, and what the reason may be. */
  readonly warnings: readonly string[];
}

/** Where an unfinished training of this name is kept. */
function checkpointFile(name: string, storeRoot: string): string {
  // The name's rules are those of the trained model's folder.
  trainedFolder(name, storeRoot);
  return join(storeRoot, 'training', `${name}.checkpoint`);
}

/** @throws FreezeframeError `nothing-to-resume`, before an hour of reading data */
export async function checkResumable(name: string, storeRoot: string): Promise<void> {
  await access(checkpointFile(name, storeRoot)).catch(() => {
    throw nothingToResume();
  });
}

/**
 * Trains on a data set, scores it on its test split, writes the trained model, freezes it and saves it.
 * One training of a name runs at a time.
 * @throws FreezeframeError `used-wrongly` for an architecture that does not fit the data, `training-in-progress`, and what
 * `train`, `freezeTrained` and the store throw
 */
export async function trainDataset(options: TrainDatasetOptions): Promise<TrainReport> {
  // Not after an hour, when the frozen model is to be saved.
  checkName(options.name);
  const unlock = await lockTraining(options.name, options.storeRoot);
  try {
    return await trainLocked(options);
  } finally {
    await unlock();
  }
}

async function trainLocked(options: TrainDatasetOptions): Promise<TrainReport> {
  const { name, dataset, backend, storeRoot, signal } = options;
  const shape = shapeOf(dataset);
  const architecture = options.architecture
    ? findArchitecture(options.architecture)
    : defaultArchitecture(dataset.kind, shape);
  const task = taskFor(architecture, dataset, options.seed);
  const settings = settingsFor(architecture, options);
  const checkpoint = checkpointFile(name, storeRoot);
  const samples = dataset.splits.train.count;
  options.onStart?.({ architecture: architecture.name, settings, kind: dataset.kind, samples });
  const result = await train({
    backend,
    task,
    data: dataOf(dataset),
    settings,
    dataDigest: dataset.digest,
    checkpoint,
    resume: options.resume ?? false,
    ...(signal ? { signal } : {}),
    onStep: (progress) => options.onStep?.(progress),
    onEpoch: (epoch) => options.onEpoch?.(epoch),
  });
  const { record, run } = await recordOf(options, architecture, result)
    .then(async (made) => ({ record: made, run: await timeWarm(() => result.evaluate(firstOf(dataset))) }))
    .finally(() => result.close());
  const before = { run, bytes: weightBytes(result.weights), peakBytes: process.resourceUsage().maxRSS * 1024 };
  const model = { config: task.config, weights: result.weights };
  await writeTrainedModel(name, { model, training: record }, storeRoot);
  const trained = await readTrainedModel(name, storeRoot);
  const total = Math.min(DEFAULT_SAMPLES, dataset.splits.test.count);
  const onProgress = (done: number) => options.onFreeze?.(done, total);
  const frozen = await freezeTrained({
    trained,
    dataset,
    store: options.store,
    numbers: options.numbers,
    signal,
    onProgress,
    onPrecision: (...progress) => options.onPrecision?.(...progress),
  });
  await removeCheckpoint(checkpoint);
  const { history, bestEpoch } = result;
  const { doubt, constant } = frozen;
  const trainedOn = { dataset, architecture, settings, history, bestEpoch, constant };
  const reasons = constant.verdict === 'not-better' ? likelyReasons(trainedOn) : [];
  const warnings = doubt ? [doubt, ...reasons] : [];
  return {
    architecture: architecture.name,
    backend: backend.name,
    epochs: history.length,
    bestEpoch,
    seconds: result.seconds,
    metrics: record.metrics,
    before,
    frozen,
    warnings,
  };
}

async function recordOf(
  { dataset, source, seed, backend }: TrainDatasetOptions,
  architecture: Architecture,
  result: TrainingResult,
): Promise<TrainingRecord> {
  const { cacheDir: _, ...loading } = source.options;
  const common = {
    formatVersion: 1 as const,
    dataset: { name: dataset.name, digest: dataset.digest, spec: source.spec, options: loading },
    architecture: architecture.name,
    backend: backend.name,
    epochs: result.history.length,
    seed,
    metrics: {},
  };
  const record: TrainingRecord =
    dataset.kind === 'pictures'
      ? { ...common, kind: 'pictures', labels: dataset.labels, input: dataset.input, preprocess: preprocessOf(dataset) }
      : { ...common, kind: 'table', scaling: { features: dataset.features, target: dataset.target } };
  return { ...record, metrics: await metricsOf(dataset, result) };
}

/** One sample, to see how long an answer takes. */
function firstOf(dataset: Dataset): Samples {
  if (dataset.kind === 'pictures') {
    const { count, pixels, classes } = dataset.splits.test;
    return { count: 1, x: pixels.subarray(0, pixels.length / count), y: classes.subarray(0, 1) };
  }
  const { count, features, target } = dataset.splits.test;
  return { count: 1, x: features.subarray(0, features.length / count), y: target.subarray(0, 1) };
}

/** What the trained model does on the test split, by the same formulas that the frozen one is scored with. */
async function metricsOf(dataset: Dataset, result: TrainingResult): Promise<Record<string, number>> {
  if (dataset.kind === 'pictures') {
    const { count, pixels, classes } = dataset.splits.test;
    const { outputs, loss } = await result.evaluate({ count, x: pixels, y: classes });
    const { metrics } = scoreAnswers(outputs, dataset);
    return { ...metrics, error: 1 - (metrics.accuracy as number), loss };
  }
  const { count, features, target } = dataset.splits.test;
  const { outputs } = await result.evaluate({ count, x: features, y: target });
  const inUnits = outputs.map((value) => value * rangeOf(dataset.target) + dataset.target.min);
  return scoreAnswers(inUnits, dataset).metrics;
}
