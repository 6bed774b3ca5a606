import { dequantizeRows, joinRows, type QuantizedRows, quantizeRows } from '#quantize';
import { stream } from '#system';
import type { Features } from '../features/features.ts';
import { rowsOfEach } from '../head/folds.ts';
import type { Distances } from './distances.ts';
import { findPrototypes, type Prototypes, smallest } from './prototypes.ts';

/** Share of pictures of the labels that are to be known again, at the least. */
const RECALL = 0.95;
/** Share of other pictures that may be taken for one where more than that are known again. */
const FALSE_ACCEPTS = 0.01;
/** Prototypes of one class: more do not change the nearest by much. */
const MOST_OF_A_CLASS = 200;
/** Bytes of all prototypes in a model: 200 classes must not make it many times as large. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Rows of a class, chosen by the seed, that its prototypes are found from: 21 MB of 1,280 features. */
const MOST_LOOKED_AT = 4_096;

/** How a model says "none of these": by the nearest pictures of its training and of everything else. */
export interface Unknown {
  readonly known: QuantizedRows;
  readonly background: QuantizedRows;
  /** Of the distance to the nearest known row minus that to the nearest of the background. */
  readonly threshold: number;
  readonly recall: number;
  /** Of background pictures, each held against the others: the share below the threshold. */
  readonly falseAccepts: number;
  /** Of the rows that it was learnt from, each without itself. */
  readonly scores: Float32Array;
  /** Of the background pictures that are used. */
  readonly backgroundScores: Float32Array;
  /** Background pictures left out: they look like the training's. */
  readonly leftOut: number;
}

export interface UnknownData {
  readonly features: Features;
  readonly classes: Int32Array;
  readonly labels: number;
  /** Near-duplicates of each row: no row is known by a copy of itself. */
  readonly groups: Int32Array;
}

/** Learns what is near the training's pictures, and from where on nothing is. */
export async function learnUnknown(
  distances: Distances,
  data: UnknownData,
  background: QuantizedRows,
  seed: number,
): Promise<Unknown> {
  const { width } = data.features;
  const prototypes = await prototypesOf(distances, data, seed);
  const rows = dequantizeRows(prototypes.rows);
  const own = await distancesWithoutSelf(distances, data, prototypes, rows);
  const { used, leftOut } = await usefulBackground(distances, background, rows, own);
  const bank = dequantizeRows(used);
  const scores = await minusNearest(distances, data.features, bank, own);
  const nearest = await nearestOf(distances, bank, rows);
  const backgroundScores = await scoresAmongThemselves(distances, bank, nearest);
  const threshold = thresholdBetween(scores, backgroundScores);
  const accepted = backgroundScores.filter((score) => score <= threshold).length;
  const recall = scores.filter((score) => score <= threshold).length / scores.length;
  const falseAccepts = accepted / Math.max(1, backgroundScores.length);
  const known = { ...prototypes.rows, width };
  return { known, background: used, threshold, recall, falseAccepts, scores, backgroundScores, leftOut };
}

interface AllPrototypes {
  readonly rows: QuantizedRows;
  /** Of each row of the training, its prototype's number among all; -1 where no prototype was made of it. */
  readonly assigned: Int32Array;
  readonly sizes: Int32Array;
  /** Of prototypes that are rows themselves, the group of that row; -1 for centres. */
  readonly groups: Int32Array;
}

async function prototypesOf(distances: Distances, data: UnknownData, seed: number): Promise<AllPrototypes> {
  const { features, classes, labels, groups } = data;
  const { width } = features;
  const most = Math.max(1, Math.min(MOST_OF_A_CLASS, Math.floor(MOST_BYTES / width / labels)));
  const parts: QuantizedRows[] = [];
  const assigned = new Int32Array(classes.length).fill(-1);
  const [sizes, groupOf]: [number[], number[]] = [[], []];
  const members = rowsOfEach(classes);
  for (let label = 0; label < labels; label++) {
    const all = members.get(label);
    if (!all) continue;
    const rows = someOf(all, seed);
    const found: Prototypes = await findPrototypes(distances, await features.rows(rows), width, most, seed);
    for (const [i, row] of rows.entries()) assigned[row] = sizes.length + (found.assigned[i] as number);
    const themselves = rows.length <= most;
    for (const [i, size] of found.sizes.entries()) {
      groupOf.push(themselves ? (groups[rows[i] as number] as number) : -1);
      sizes.push(size);
    }
    parts.push(quantizeRows(found.rows, width));
  }
  return { rows: joinRows(parts), assigned, sizes: Int32Array.from(sizes), groups: Int32Array.from(groupOf) };
}

function someOf(rows: readonly number[], seed: number): readonly number[] {
  if (rows.length <= MOST_LOOKED_AT) return rows;
  const chosen = stream(seed, 'looked at').permutation(rows.length).subarray(0, MOST_LOOKED_AT).sort();
  return Array.from(chosen, (i) => rows[i] as number);
}

/**
 * Distance of each row to the nearest prototype that would be there without it. A centre c of n rows is at |x - c| n / (n - 1)
 * once x is not among them.
 */
async function distancesWithoutSelf(
  distances: Distances,
  { features, classes, groups }: UnknownData,
  { assigned, sizes, groups: prototypeGroups }: AllPrototypes,
  prototypes: Float32Array,
): Promise<Float32Array> {
  const nearest = new Float32Array(classes.length);
  await distances.eachOf(features, prototypes, (row, all) => {
    const own = assigned[row] as number;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < all.length; i++) {
      if (prototypeGroups[i] === groups[row]) continue;
      const size = sizes[i] as number;
      if (i === own && size < 2) continue;
      const distance = (all[i] as number) * (i === own ? size / (size - 1) : 1);
      if (distance < least) least = distance;
    }
    nearest[row] = least;
  });
  return nearest;
}

/**
 * Without pictures of what is trained on, which a bank may hold: those that are nearer to the training than to all others of the
 * bank, and as near as nine of ten of its own pictures are to each other.
 */
async function usefulBackground(
  distances: Distances,
  background: QuantizedRows,
  prototypes: Float32Array,
  own: Float32Array,
): Promise<{ used: QuantizedRows; leftOut: number }> {
  const bank = dequantizeRows(background);
  const toTraining = await nearestOf(distances, bank, prototypes);
  const scores = await scoresAmongThemselves(distances, bank, toTraining);
  const near = quantile(own, 0.9);
  const kept = [...scores.keys()].filter((row) => (scores[row] as number) >= 0 || (toTraining[row] as number) > near);
  const { width, bytes, scales } = background;
  const used = {
    count: kept.length,
    width,
    bytes: Uint8Array.from({ length: kept.length * width }, (_, i) => {
      return bytes[(kept[Math.floor(i / width)] as number) * width + (i % width)] as number;
    }),
    scales: Float32Array.from(kept, (row) => scales[row] as number),
  };
  return { used, leftOut: background.count - kept.length };
}

async function nearestOf(distances: Distances, x: Float32Array, y: Float32Array): Promise<Float32Array> {
  const nearest: number[] = [];
  await distances.each(x, y, (row, all) => {
    nearest[row] = all[smallest(all)] as number;
  });
  return Float32Array.from(nearest);
}

async function minusNearest(distances: Distances, features: Features, y: Float32Array, own: Float32Array) {
  const scores = Float32Array.from(own);
  await distances.eachOf(features, y, (row, all) => {
    scores[row] = (own[row] as number) - (all[smallest(all)] as number);
  });
  return scores;
}

/** Of background pictures, each without itself. */
async function scoresAmongThemselves(distances: Distances, bank: Float32Array, toTraining: Float32Array) {
  const scores = new Float32Array(toTraining.length);
  await distances.each(bank, bank, (row, all) => {
    const other = smallest(all, row);
    scores[row] = (toTraining[row] as number) - (other < 0 ? 0 : (all[other] as number));
  });
  return scores;
}

/**
 * What most of its own pictures lie below. Where there is room between them and all others it lies in the middle of it: one in
 * twenty of its own would otherwise be turned away for nothing.
 */
function thresholdBetween(own: Float32Array, others: Float32Array): number {
  const least = quantile(own, RECALL);
  const most = others.length === 0 ? least : quantile(others, FALSE_ACCEPTS);
  return Math.fround(Math.max(least, (least + most) / 2));
}

/**
 * The share of new pictures of the labels that is to be expected below the threshold, which was chosen by the scores: one more
 * score is as likely to lie in any of the n + 1 gaps between n of them (Vovk, Gammerman, Shafer: Algorithmic Learning in a
 * Random World, 2005). Of 20 pictures it is five points less than of the pictures themselves.
 */
export function recallOfNew({ scores, recall }: Pick<Unknown, 'scores' | 'recall'>): number {
  return (recall * scores.length) / (scores.length + 1);
}

/** The least value that at least this share of all are not above. */
function quantile(values: Float32Array, share: number): number {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
}
