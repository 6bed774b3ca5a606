import type { ManifestDraft } from '@freezeframe/inference';
import type { FoundPictures, Skipped } from '#datasets';
import { type Accuracy, accuracyOf, compareClasses, doubts } from '#evaluate';
import type { NumbersWanted } from '#quantize';
import { checkName, type ModelStore, productionOf, type StoredModel } from '#store';
import { countOf } from '#terminal';
import { assetBackbones, findBackbone } from './backbones/find.ts';
import { draftOf } from './draft.ts';
import type { PictureFile } from './features/extract.ts';
import { HEAD_WEIGHTS } from './freeze/emit-head.ts';
import { chooseBest } from './head/choose.ts';
import { rowsOfEach } from './head/folds.ts';
import type { CurvePoint } from './head/learning-curve.ts';
import { type HeldOutAnswer, heldOutAnswers, type Quality, qualityOf, qualityOfAnswers } from './held-out.ts';
import { onTestFolder } from './test-folder.ts';
import {
  type Candidate,
  featureCache,
  fitAndFreeze,
  type TransferModel,
  type TransferOptions,
  tryBackbone,
} from './transfer.ts';

export interface TrainTransferOptions {
  readonly name: string;
  readonly found: FoundPictures;
  /** What was typed for the data. */
  readonly spec: string;
  /** `auto`, one that comes with Freezeframe, or a model of the store. */
  readonly backbone: string;
  /** Pictures of none of the labels beside those that come with the backbone; false: nothing is unknown to the model. */
  readonly background: readonly PictureFile[] | false;
  readonly seed: number;
  /** The network computed with stored numbers where its answers hold; the head stays in float. */
  readonly numbers?: NumbersWanted | undefined;
  readonly store: ModelStore;
  readonly storeRoot: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of features that are held in memory; more lie in a file. */
  readonly inMemory?: number | undefined;
  onProgress?(what: string, done: number, total: number): void;
}

/** What a head was tested on, and how it did. */
export interface HeldOut {
  readonly backbone: string;
  readonly labels: readonly string[];
  readonly pictures: readonly { readonly path: string; readonly label: string }[];
  readonly foldOf: Int32Array;
  /** 1 for each picture that is called what it is by a head that has not seen it. */
  readonly right: Uint8Array;
}

interface TriedBackbone extends Quality {
  readonly name: string;
  readonly chosen: boolean;
  /** For features and cross-validation. */
  readonly seconds: number;
}

export interface TransferReport {
  readonly stored: StoredModel;
  readonly labels: readonly string[];
  readonly tried: readonly TriedBackbone[];
  readonly folds: number;
  readonly answers: readonly HeldOutAnswer[];
  readonly quality: Quality & { readonly loss: number; readonly calibrationError: number };
  /** On pictures of a folder called test, which nothing was chosen by. */
  readonly test?: Quality;
  /** Always answering the commonest label. */
  readonly constant: ReturnType<typeof compareClasses>;
  /** Where it is not seen to be better than that: in words. Such a model is kept out of production. */
  readonly warnings: readonly string[];
  /** The version that the name alone means now. */
  readonly production: string | null;
  readonly model: TransferModel;
  /** The network below the head, as it was before. */
  readonly backbone: Pick<Candidate['backbone'], 'name' | 'model'>;
  /** Accuracy by how many pictures of each label were learnt from. */
  readonly curve: readonly (CurvePoint & Accuracy)[];
  /** What was found of int8, in words. */
  readonly notes: readonly string[];
  readonly bytes: number;
  readonly skipped: readonly Skipped[];
  /** Files with the same bytes: they count once. */
  readonly copies: readonly (readonly string[])[];
  readonly duplicates: readonly (readonly string[])[];
  readonly seconds: number;
}

/** Pretrained networks that were tried on all folds, the best of which is frozen or not. */
export interface TriedTransfer {
  readonly held: HeldOut;
  /** @throws FreezeframeError `verification-failed` (nothing is saved), and what the store throws */
  finish(): Promise<TransferReport>;
  close(): Promise<void>;
}

type TimedCandidate = Candidate & { readonly accuracy: number; readonly count: number; readonly took: number };

/**
 * Cross-validates heads on the features of pretrained networks.
 * @throws FreezeframeError `dataset-unusable`, `backbone-not-found`, `backbone-not-usable`, `interrupted`
 */
export async function tryTransfer(options: TrainTransferOptions): Promise<TriedTransfer> {
  const start = performance.now();
  const { found, seed, store, storeRoot, signal, inMemory, onProgress } = options;
  checkName(options.name);
  const shared: TransferOptions = {
    found,
    seed,
    cache: featureCache(storeRoot),
    signal,
    inMemory,
    ...(onProgress ? { onProgress } : {}),
  };
  const backbones =
    options.backbone === 'auto' ? await assetBackbones() : [await findBackbone(options.backbone, store)];
  const candidates: TimedCandidate[] = [];
  const close = async () => {
    for (const { data } of candidates.splice(0)) await data.features.close();
  };
  try {
    for (const backbone of backbones) {
      const began = performance.now();
      const one = await tryBackbone(backbone, shared);
      const took = (performance.now() - began) / 1000;
      candidates.push({ ...one, accuracy: one.outOfFold.accuracy, count: one.data.features.count, took });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const { backbone, pictures, foldOf, outOfFold } = chooseBest(candidates);
  const held = { backbone: backbone.name, labels: found.labels, pictures, foldOf, right: outOfFold.right };
  return { held, finish: () => trainBest(candidates, options, shared, start), close };
}

/** Trains a head on the network that `chooseBest` takes, freezes both as one graph, verifies it, and saves it. */
export async function trainTransfer(options: TrainTransferOptions): Promise<TransferReport> {
  const tried = await tryTransfer(options);
  return tried.finish().finally(() => tried.close());
}

async function trainBest(
  candidates: readonly TimedCandidate[],
  options: TrainTransferOptions,
  shared: TransferOptions,
  start: number,
): Promise<TransferReport> {
  const { found, store } = options;
  const best = chooseBest(candidates);
  const tried = candidates.map((one) => ({
    name: one.backbone.name,
    ...qualityOf(Math.round(one.accuracy * one.count), one.count),
    chosen: one === best,
    seconds: one.took,
  }));
  const model = await fitAndFreeze(best, shared, options.background);
  const answers = await heldOutAnswers(best, found.labels, model);
  const { right, quality } = qualityOfAnswers(answers);
  const supports = supportsOf(found.labels, answers);
  const constant = compareClasses(found.labels, supports, right);
  const { quality: test, skipped, digest } = await onTestFolder(best, model, shared);
  const partial = {
    labels: found.labels,
    tried,
    folds: best.outOfFold.heads.length,
    answers,
    quality,
    constant,
    model,
    ...(test ? { test } : {}),
  };
  const draft = draftOf(options, best, { ...partial, digest });
  const chosen = await inPrecision(options, best, draft, model.frozen.onnx);
  const stored = await store.save(options.name, { manifest: chosen.manifest, model: chosen.onnx });
  const doubt = doubts(constant, { metrics: { ...quality }, samples: countOf(quality.count, 'pictures') });
  return {
    stored,
    ...partial,
    notes: [...found.notes, ...chosen.notes],
    bytes: chosen.onnx.byteLength,
    warnings: doubt ? [doubt, ...(constant.verdict === 'not-better' ? [reasonFor(found.labels, supports)] : [])] : [],
    backbone: best.backbone,
    production: await productionOf(store, options.name),
    curve: model.curve.map((point) => ({ ...point, ...accuracyOf(point.right, point.count) })),
    skipped: [...best.skipped, ...skipped],
    copies: best.copies,
    duplicates: duplicatesOf(best),
    seconds: (performance.now() - start) / 1000,
  };
}

async function inPrecision(options: TrainTransferOptions, best: Candidate, manifest: ManifestDraft, onnx: Uint8Array) {
  const { numbers, found, signal, onProgress } = options;
  if (!numbers) return { onnx, manifest, notes: [] };
  const { filePictures, storeNumbers } = await import('#quantize');
  const chosen = await storeNumbers(numbers, {
    onnx,
    manifest,
    pictures: filePictures(best.pictures, best.backbone.input, found.labels),
    floatWeights: new Set([HEAD_WEIGHTS]),
    signal,
    ...(onProgress ? { onProgress } : {}),
  });
  const { precision, figures, notes } = chosen;
  const metrics = { ...manifest.metrics, ...figures };
  return { onnx: chosen.onnx, manifest: { ...manifest, precision, metrics }, notes };
}

function supportsOf(labels: readonly string[], answers: readonly HeldOutAnswer[]): number[] {
  const counts = new Map<string, number>();
  for (const { label } of answers) counts.set(label, (counts.get(label) ?? 0) + 1);
  return labels.map((label) => counts.get(label) ?? 0);
}

/** Heads that were trained with fewer pictures of a label seldom say more than one answer does. */
const FEW = 10;

/** What the likely reason is where nothing was learnt. */
function reasonFor(labels: readonly string[], supports: readonly number[]): string {
  const least = Math.min(...supports);
  const label = JSON.stringify(labels[supports.indexOf(least)]);
  if (least < FEW) return `There is too little of ${label} to learn from, ${countOf(least, 'pictures')}: add more.`;
  return 'The pictures may not show what tells the labels apart, or lie in the wrong folders.';
}

function duplicatesOf({ groups, pictures }: Candidate): string[][] {
  const copies = [...rowsOfEach(groups).values()].filter(({ length }) => length > 1);
  return copies.map((rows) => rows.map((row) => pictures[row]?.file as string));
}
