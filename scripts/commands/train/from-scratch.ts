import { readFile } from 'node:fs/promises';
import { decodePicture, type PictureShape } from '@freezeframe/inference';
import { folderShape, type PictureDataset, type PictureTraits } from '#datasets';
import { countOf, formatShare } from '#terminal';
import { openBackend, trainingEffort, tryTraining } from '#train';
import type { HeldOut } from '#transfer';

/** Pictures no larger than that are small: a pretrained network sees them enlarged several times. */
const SMALL = 64;
/** The architectures halve a picture three times. */
const LEAST = 16;
/** Pixels of all trainings that are compared: about a minute of two cores. */
const MOST_PIXELS = 1.6e8;
/** What one of them may have of it. A fold of more pictures is learnt and tested on some of them. */
const MOST_OF_A_FOLD = MOST_PIXELS / 2;

/** How a network of its own takes these pictures. */
export interface ScratchShape {
  readonly size: number;
  readonly channels: 1 | 3;
}

/** Whether a network of its own may be better: the pictures are small or grey. */
export function worthComparing({ side, grey }: PictureTraits): ScratchShape | undefined {
  if (side > SMALL && !grey) return undefined;
  return { size: Math.min(SMALL, Math.max(LEAST, side)), channels: grey ? 1 : 3 };
}

export interface Comparison {
  readonly architecture: string;
  readonly backbone: string;
  readonly size: number;
  readonly channels: 1 | 3;
  /** Folds that both were tested on, and pictures in them. */
  readonly folds: number;
  readonly count: number;
  /** Pictures that one training learnt from. */
  readonly learntFrom: number;
  readonly scratch: number;
  readonly head: number;
  /** Whether the network of its own is better by more than chance. */
  readonly chosen: boolean;
}

interface CompareOptions extends ScratchShape {
  readonly seed: number;
  readonly signal: AbortSignal;
  onProgress?(what: string, done: number, total: number): void;
}

/**
 * Trains networks from scratch on the folds that a head was tested on, as many as the time allows, and compares them picture by
 * picture. It ends after a fold that has decided it.
 */
export async function compareFromScratch(held: HeldOut, options: CompareOptions): Promise<Comparison> {
  const { size, channels, seed, signal } = options;
  const input = folderShape({ size, channels });
  const pixels = await decodeAll(held, input);
  const backend = await openBackend('auto');
  const folds = 1 + held.foldOf.reduce((most, fold) => Math.max(most, fold), 0);
  let [spent, done, count, learntFrom, scratch, head, gains, losses] = [0, 0, 0, 0, 0, 0, 0, 0];
  let architecture = '';
  for (let fold = 0; fold < folds; fold++) {
    const { dataset, tested } = datasetOf(held, pixels, input, fold);
    const effort = trainingEffort(input, dataset.splits.train.count);
    if (done > 0 && spent + effort.pixels > MOST_PIXELS) break;
    const onProgress = (share: number) =>
      options.onProgress?.(`Comparing ${effort.architecture}`, Math.floor(100 * (fold + share)), 100 * folds);
    const called = await tryTraining(dataset, { backend, seed, signal, onProgress });
    for (const [i, row] of tested.entries()) {
      const [own, other] = [called[i] === dataset.splits.test.classes[i], held.right[row] === 1];
      scratch += Number(own);
      head += Number(other);
      gains += Number(own && !other);
      losses += Number(other && !own);
    }
    ({ architecture } = effort);
    learntFrom = dataset.splits.train.count;
    count += tested.length;
    spent += effort.pixels;
    done++;
    // McNemar: two deviations decide.
    if (losses - gains > 2 * Math.sqrt(gains + losses)) break;
  }
  // A head also knows what it has not seen, and shows why: in doubt it is taken.
  const chosen = gains - losses > Math.sqrt(gains + losses);
  const { backbone } = held;
  const shares = { scratch: scratch / count, head: head / count };
  return { architecture, backbone, size, channels, folds: done, count, learntFrom, ...shares, chosen };
}

/** In words, before it is gone on with. */
export function describeComparison(comparison: Comparison): string {
  const { architecture, backbone, size, channels, folds, count, learntFrom, scratch, head, chosen } = comparison;
  const pictures = `${countOf(count, 'pictures')} of ${countOf(folds, 'folds')}`;
  const taken = chosen ? `${architecture} is trained; --backbone auto` : `the head is; --architecture ${architecture}`;
  return [
    `The pictures are small or grey: compared with a network from scratch on ${pictures}`,
    `  ${architecture}, ${size} x ${size}${channels === 1 ? ', grey' : ''}, from ${countOf(learntFrom, 'pictures')}: ${formatShare(scratch)}`,
    `  a head on ${backbone}: ${formatShare(head)}`,
    `  ${taken} takes the other`,
  ].join('\n');
}

async function decodeAll({ pictures }: HeldOut, input: PictureShape): Promise<Uint8Array[]> {
  const pixels: Uint8Array[] = [];
  for (const { path } of pictures) pixels.push(await decodePicture(await readFile(path), input));
  return pixels;
}

/** The fold is tested on; of the others every ninth picture decides which epoch is kept. */
function datasetOf(held: HeldOut, pixels: readonly Uint8Array[], input: PictureShape, fold: number) {
  const { labels, pictures, foldOf } = held;
  const rows = [...foldOf.keys()];
  const tested = rows.filter((row) => foldOf[row] === fold);
  const others = rows.filter((row) => foldOf[row] !== fold);
  const split = (some: readonly number[]) => {
    const all = new Uint8Array(some.length * input.height * input.width * input.channels);
    for (const [i, row] of some.entries()) all.set(pixels[row] as Uint8Array, i * (pixels[row] as Uint8Array).length);
    const classes = Int32Array.from(some, (row) => labels.indexOf((pictures[row] as { label: string }).label));
    return { count: some.length, pixels: all, classes };
  };
  const make = (used: readonly number[], test: readonly number[]): PictureDataset => ({
    kind: 'pictures',
    name: 'fold',
    labels: [...labels],
    input,
    digest: '',
    skipped: [],
    splits: {
      train: split(used.filter((_, i) => i % 9 !== 0)),
      validation: split(used.filter((_, i) => i % 9 === 0)),
      test: split(test),
    },
  });
  let step = 1;
  while (trainingEffort(input, others.length / step).pixels > MOST_OF_A_FOLD) step++;
  const some = (all: readonly number[]) => all.filter((_, i) => i % step === 0);
  const fewer = some(tested);
  return { dataset: make(some(others), fewer), tested: fewer };
}
