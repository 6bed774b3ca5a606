import type { PictureDataset } from '#datasets';
import { groupDuplicates, pictureHash } from '#transfer';

/** Every picture of a label is compared with every other: of more it would take minutes. */
const MOST = 5_000;
const ODD = 12;
/** With fewer of a label nothing is usual. */
const LEAST_OF_A_LABEL = 8;
/** The distance to the third nearest: two odd pictures of one kind are odd too. */
const NEAREST = 3;
/** Side of the small picture that is compared. */
const SIDE = 8;

/** Rows of all splits, one after the other: groups that show nearly the same, and those least like the others of their label. */
export async function lookThrough({
  input,
  splits,
  labels,
}: PictureDataset): Promise<{ duplicates?: number[][]; odd?: number[] }> {
  const parts = [splits.train, splits.validation, splits.test];
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  if (count > MOST) return {};
  const size = input.height * input.width * input.channels;
  const pixels = parts.flatMap((part) =>
    Array.from({ length: part.count }, (_, row) => part.pixels.subarray(row * size, (row + 1) * size)),
  );
  const classes = parts.flatMap((part) => [...part.classes]);
  const hashes = pixels.map((one) => pictureHash(one, input));
  const small = pixels.map((one) => shrunk(one, input));
  const centred = small.map(withoutMean);
  const features = {
    count,
    width: centred[0]?.length ?? 0,
    rows: async (rows: ArrayLike<number>) => Float32Array.from(Array.from(rows).flatMap((row) => centred[row] ?? [])),
  };
  const groups = await groupDuplicates(Uint8Array.from(hashes.flatMap((hash) => [...hash])), features);
  const members = new Map<number, number[]>();
  for (const [row, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), row]);
  return {
    duplicates: [...members.values()].filter(({ length }) => length > 1),
    ...oddAmong(
      small,
      labels.map((_, label) => rowsOf(classes, label)),
    ),
  };
}

/** Nothing where every label has too few to tell. */
function oddAmong(small: readonly number[][], rowsOfLabels: readonly number[][]): { odd?: number[] } {
  const enough = rowsOfLabels.filter((rows) => rows.length >= LEAST_OF_A_LABEL);
  if (enough.length === 0) return {};
  const all = enough.flatMap((rows) => lonely(small, rows)).sort(byScore);
  return { odd: all.slice(0, ODD).map(({ row }) => row) };
}

interface Lonely {
  readonly row: number;
  readonly score: number;
}

function byScore(a: Lonely, b: Lonely): number {
  return b.score - a.score;
}

function rowsOf(classes: readonly number[], label: number): number[] {
  return classes.flatMap((one, row) => (one === label ? [row] : []));
}

/** How far each is from its third nearest, beside what is usual for its label: only what is half as far again counts. */
function lonely(small: readonly number[][], rows: readonly number[]): Lonely[] {
  const far = rows.map((row) => {
    const distances = rows
      .filter((other) => other !== row)
      .map((other) => distance(small[row] as number[], small[other] as number[]));
    return distances.sort((a, b) => a - b)[NEAREST - 1] as number;
  });
  const usual = [...far].sort((a, b) => a - b)[far.length >> 1] || 1;
  return rows.map((row, at) => ({ row, score: (far[at] as number) / usual })).filter(({ score }) => score > 1.5);
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0));
}

function withoutMean(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** Means of 8 x 8 parts, each channel for itself. */
function shrunk(pixels: Uint8Array, { height, width, channels }: PictureDataset['input']): number[] {
  const sums = new Float64Array(SIDE * SIDE * channels);
  const counts = new Float64Array(SIDE * SIDE * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const part = Math.floor((y * SIDE) / height) * SIDE + Math.floor((x * SIDE) / width);
      for (let channel = 0; channel < channels; channel++) {
        const at = part * channels + channel;
        sums[at] = (sums[at] as number) + (pixels[(y * width + x) * channels + channel] as number);
        counts[at] = (counts[at] as number) + 1;
      }
    }
  }
  return Array.from(sums, (sum, at) => sum / Math.max(1, counts[at] as number));
}
