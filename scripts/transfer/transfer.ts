import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePicture, FreezeframeError } from '@freezeframe/inference';
import { checkedPictures, type FoundPictures, reasonOf, type Skipped, type SplitName } from '#datasets';
import type { Backbone } from './backbones/backbone.ts';
import { digestsOf, type Extracted, extractFeatures, type PictureFile } from './features/extract.ts';
import { hashesAt } from './features/picture-hash.ts';
import { type FrozenHead, freezeHead } from './freeze/freeze-head.ts';
import { crossValidate, type OutOfFold } from './head/cross-validate.ts';
import { groupDuplicates } from './head/duplicates.ts';
import { dealFolds } from './head/folds.ts';
import { type CurvePoint, learningCurve } from './head/learning-curve.ts';
import { fitHead, type Head } from './head/logistic.ts';
import { type Labelled, Objective } from './head/objective.ts';
import { findTemperature, withTemperature } from './head/temperature.ts';
import { backgroundOf } from './unknown/background.ts';
import { Distances } from './unknown/distances.ts';
import { learnUnknown, type Unknown } from './unknown/unknown.ts';

const FOLDS = 5;
/** Whole pictures that the frozen graph is held against its parts on. */
const WHOLE_PICTURES = 3;

/** A picture that is learnt from: one for each content. */
interface Picture {
  readonly path: string;
  /** Whose folder it lies in. */
  readonly split: SplitName | undefined;
  readonly file: string;
  readonly label: string;
  readonly digest: string;
}

/** One backbone's features of the pictures, and how well a head on them does. */
export interface Candidate {
  readonly backbone: Backbone;
  readonly pictures: readonly Picture[];
  /** The same with all copies. */
  readonly learnt: readonly Picture[];
  /** Of a folder called test: kept for the end. */
  readonly tested: readonly Picture[];
  /** Files with the same bytes, which count once. */
  readonly copies: readonly (readonly string[])[];
  readonly data: Labelled;
  /** Near-duplicates share a number. */
  readonly groups: Int32Array;
  /** In which fold a picture lies. */
  readonly foldOf: Int32Array;
  readonly outOfFold: OutOfFold;
  readonly skipped: readonly Skipped[];
  /** Pictures that were run and not taken from the cache. */
  readonly fresh: number;
  /** For the features alone. */
  readonly seconds: number;
}

export interface TransferOptions {
  readonly found: FoundPictures;
  readonly seed: number;
  /** Folder of all caches of features. */
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of features that are held in memory; more lie in a file. */
  readonly inMemory?: number | undefined;
  onProgress?(what: string, done: number, total: number): void;
}

/** Features of all pictures that are learnt from by one backbone, cross-validated. */
export async function tryBackbone(backbone: Backbone, options: TransferOptions): Promise<Candidate> {
  const { found, cache, signal, inMemory } = options;
  // Pictures of a folder that is called test are kept for the end.
  const files = found.pictures.filter(({ split }) => split !== 'test');
  const onProgress = (what: 'reading' | 'running', done: number, total: number) =>
    options.onProgress?.(what === 'reading' ? 'Reading pictures' : `Features by ${backbone.name}`, done, total);
  const extracted = await extractFeatures(backbone, files, { cache, signal, inMemory, onProgress });
  try {
    return await judge(backbone, files, extracted, options);
  } catch (error) {
    await extracted.features.close();
    throw error;
  }
}

async function judge(
  backbone: Backbone,
  files: FoundPictures['pictures'],
  extracted: Extracted,
  options: TransferOptions,
): Promise<Candidate> {
  const { found, seed, signal } = options;
  const skipped: Skipped[] = [...found.skipped, ...extracted.skipped];
  const readable = files.flatMap((one, i) => {
    const row = extracted.rowOf[i] as number;
    return row < 0 ? [] : [{ ...one, digest: extracted.digests[row] as string }];
  });
  const kept = await withDigests(
    found.pictures.filter(({ split }) => split === 'test'),
    skipped,
    signal,
  );
  const { learnt, tested } = checkedPictures(found, [...readable, ...kept], skipped);
  const pictures = oneOfEach(learnt);
  const numbers = new Map(extracted.digests.map((digest, row) => [digest, row]));
  const rows = Int32Array.from(pictures, ({ digest }) => numbers.get(digest) as number);
  const classes = Int32Array.from(pictures, ({ label }) => found.labels.indexOf(label));
  const data = { features: extracted.features.select(rows), classes };
  const groups = await groupDuplicates(hashesAt(extracted.hashes, rows), data.features);
  const foldOf = dealFolds(
    pictures.map(({ digest }) => digest),
    data.classes,
    groups,
    Math.min(FOLDS, smallestClass(data, found.labels.length)),
    seed,
  );
  const objective = await Objective.open(data.features.width, found.labels.length);
  try {
    const tell = teller(options, 'Cross-validation');
    const onFold = (done: number, total: number) => tell(Math.floor((100 * done) / total), 100);
    const outOfFold = await crossValidate(objective, data, found.labels.length, foldOf, onFold);
    const { fresh, seconds } = extracted;
    const both = { tested: oneOfEach(tested), copies: [...copiesAmong(learnt), ...copiesAmong(tested)] };
    return { backbone, pictures, learnt, ...both, data, groups, foldOf, outOfFold, skipped, fresh, seconds };
  } finally {
    await objective.close();
  }
}

async function withDigests(files: FoundPictures['pictures'], skipped: Skipped[], signal: AbortSignal | undefined) {
  const digests = await digestsOf(files, { signal });
  return files.flatMap((one, i) => {
    const digest = digests[i] as string | Error;
    if (typeof digest === 'string') return [{ ...one, digest }];
    skipped.push({ file: one.file, reason: reasonOf(digest) });
    return [];
  });
}

/** The first file of each content. */
function oneOfEach<P extends Picture>(pictures: readonly P[]): P[] {
  const seen = new Set<string>();
  return pictures.filter(({ digest }) => !seen.has(digest) && seen.add(digest));
}

function copiesAmong(pictures: readonly Picture[]): string[][] {
  const files = new Map<string, string[]>();
  for (const { digest, file } of pictures) files.set(digest, [...(files.get(digest) ?? []), file]);
  return [...files.values()].filter(({ length }) => length > 1);
}

function smallestClass({ classes }: Labelled, labels: number): number {
  const counts = new Int32Array(labels);
  for (const label of classes) counts[label] = (counts[label] as number) + 1;
  return Math.max(2, Math.min(...counts));
}

/** A head on all pictures, what is none of them, and both with the backbone as one graph. */
export interface TransferModel {
  readonly head: Head;
  readonly unknown?: Unknown;
  readonly frozen: FrozenHead;
  /** That the head's logits are divided by. */
  readonly temperature: number;
  readonly curve: readonly CurvePoint[];
}

export async function fitAndFreeze(
  { backbone, data, groups, foldOf, outOfFold, pictures }: Candidate,
  options: TransferOptions,
  background: readonly PictureFile[] | false,
): Promise<TransferModel> {
  const { found, seed, cache, signal, inMemory } = options;
  const labels = found.labels.length;
  const { width } = data.features;
  const temperature = findTemperature(outOfFold.answered);
  const objective = await Objective.open(width, labels);
  let head: Head;
  let curve: CurvePoint[];
  try {
    curve = await learningCurve(objective, data, labels, foldOf);
    const all = new Uint8Array(data.classes.length).fill(1);
    const tell = teller(options, 'Training the head');
    const onFit = (share: number) => tell(Math.floor(100 * share), 100);
    const fitted = await fitHead(objective, data, labels, all, onFit);
    head = withTemperature(fitted, temperature);
  } finally {
    await objective.close();
  }
  const bank = background === false ? undefined : await backgroundOf(backbone, background, { cache, signal, inMemory });
  const unknown =
    bank &&
    (await withDistances(width, (distances) => learnUnknown(distances, { ...data, labels, groups }, bank, seed)));
  const step = Math.max(1, Math.floor(pictures.length / WHOLE_PICTURES));
  const whole = pictures.filter((_, i) => i % step === 0).slice(0, WHOLE_PICTURES);
  const decoded = await Promise.all(whole.map(async ({ path }) => decodePicture(await readFile(path), backbone.input)));
  const full = { head, ...(unknown ? { unknown } : {}) };
  const samples = { features: data.features, pictures: decoded };
  const frozen = await freezeHead(backbone, full, samples, teller(options, 'Verification'));
  return { ...full, frozen, temperature, curve };
}

/** Tells how far a step is, and ends it where that was asked for. */
function teller({ signal, onProgress }: TransferOptions, what: string) {
  return (done: number, total: number): void => {
    onProgress?.(what, done, total);
    if (signal?.aborted) {
      const remedy = 'The features of all pictures are kept: the same command goes on with them.';
      throw new FreezeframeError('interrupted', `Stopped during: ${what}`, { remedy });
    }
  };
}

async function withDistances<T>(width: number, work: (distances: Distances) => Promise<T>): Promise<T> {
  const distances = await Distances.open(width);
  try {
    return await work(distances);
  } finally {
    await distances.close();
  }
}

export function featureCache(storeRoot: string): string {
  return join(storeRoot, 'cache', 'features');
}
