import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { expected, FreezeframeError, type PictureShape } from '@freezeframe/inference';
import {
  type DatasetKind,
  type DatasetOptions,
  type PictureDataset,
  type PictureSplit,
  type Skipped,
  SPLITS,
  type SplitName,
} from '../dataset.ts';
import { refuseMostGone, withLeftOut } from '../left-out.ts';
import { placesOf } from '../places.ts';
import { dealOut } from '../split.ts';
import { folderDigest } from './contents-digest.ts';
import { decodePictures, type ReadPicture } from './decode.ts';
import { type Lost, lostOf, sameBytes, whyLost } from './lost.ts';
import { type Scan, scanFolder } from './scan.ts';

export const folder: DatasetKind = {
  spec: 'FOLDER',
  summary: 'pictures in one subfolder per class, or in train/ validation/ test/ with those inside',
  claims: async (spec) => (await stat(spec).catch(() => undefined))?.isDirectory() ?? false,
  load: (spec, options) => loadFolder(resolve(spec), basename(resolve(spec)), options),
  folder: async (spec) => ({ root: resolve(spec), name: basename(resolve(spec)) }),
};

const DEFAULT_SIZE = 64;

/** How pictures of unknown shape reach a square: the shorter side fits, the longer loses its ends. */
export function folderShape({ size = DEFAULT_SIZE, channels = 3 }: DatasetOptions): PictureShape {
  if (!Number.isInteger(size) || size < 8 || size > 1024)
    throw new FreezeframeError('used-wrongly', expected('8 to 1024 pixels', 'the picture size', size));
  const colour = channels === 1 ? 'grey' : 'rgb';
  return { height: size, width: size, channels, colour, resize: 'cover', crop: 1, kernel: 'cubic', invert: false };
}

/** @param name what the data set is called in reports and manifests. */
export async function loadFolder(root: string, name: string, options: DatasetOptions): Promise<PictureDataset> {
  const input = folderShape(options);
  const scan = await scanFolder(root);
  const decoded = await decodePictures(scan.pictures, input, placesOf(options).cache, root);
  const skipped = [...scan.skipped, ...decoded.skipped];
  const pictures = withoutContradictions(decoded.pictures, skipped);
  const labels = usableLabels(scan, pictures, skipped);
  refuseMostGone('pictures', pictures.length, skipped);
  const splitOf = assignSplits(pictures, scan.splits, options.seed ?? 1);
  const chosen: Record<SplitName, ReadPicture[]> = { train: [], validation: [], test: [] };
  for (const picture of pictures) {
    const split = splitOf(picture);
    if (picture.split !== undefined && picture.split !== split && scan.splits.includes(split))
      skipped.push({ file: picture.file, reason: inAnotherSplit(split) });
    else chosen[split].push(picture);
  }
  const gone = lostOf(scan.pictures, skipped);
  for (const split of SPLITS) requireSome(split, chosen[split], labels, gone, skipped);
  const bytes = input.height * input.width * input.channels;
  const gather = (list: ReadPicture[]): PictureSplit => {
    const pixels = new Uint8Array(list.length * bytes);
    for (const [row, { digest }] of list.entries()) pixels.set(decoded.pixels.get(digest) as Uint8Array, row * bytes);
    const classes = Int32Array.from(list, ({ label }) => labels.indexOf(label));
    return {
      count: list.length,
      pixels,
      classes,
      files: list.map(({ file, path, digest }) => ({ file, path, digest })),
    };
  };
  const splits = { train: gather(chosen.train), validation: gather(chosen.validation), test: gather(chosen.test) };
  return {
    kind: 'pictures',
    name,
    labels,
    input,
    splits,
    digest: folderDigest(pictures),
    skipped,
    notes: scan.notes,
  };
}

/** The same bytes under two labels teach nothing: all copies are left out and listed. */
export function withoutContradictions<P extends Pick<ReadPicture, 'digest' | 'label' | 'file'>>(
  pictures: P[],
  skipped: Skipped[],
): P[] {
  const labels = new Map<string, Set<string>>();
  for (const { digest, label } of pictures) labels.set(digest, (labels.get(digest) ?? new Set()).add(label));
  return pictures.filter(({ digest, file }) => {
    const names = [...(labels.get(digest) as Set<string>)].sort();
    if (names.length > 1) skipped.push({ file, reason: sameBytes(names.join(' and ')) });
    return names.length === 1;
  });
}

/** Every class needs three different pictures: one to learn from, one to choose by, one to be tested on. */
export function usableLabels(
  { labels, pictures: found }: Pick<Scan, 'labels' | 'pictures'>,
  pictures: readonly Pick<ReadPicture, 'digest' | 'label'>[],
  skipped: readonly Skipped[],
): string[] {
  const lost = lostOf(found, skipped);
  const counts = labels.map((label) => {
    const different = new Set(pictures.filter((picture) => picture.label === label).map(({ digest }) => digest));
    return { label, count: different.size, leftOut: lost.get(label)?.length ?? 0 };
  });
  const poor = counts.filter(({ count }) => count < 3);
  if (poor.length > 0)
    throw new FreezeframeError(
      'dataset-unusable',
      withLeftOut(
        expected(
          'at least 3 different readable pictures',
          'each class',
          poor.map(({ label, count }) => `${label}: ${count}`),
        ),
        skipped,
      ),
      {
        remedy:
          whyLost(
            lost,
            poor.map(({ label }) => label),
          ) ?? 'Add pictures to these class folders, or move folders that are no class elsewhere.',
        details: { poor, skipped },
      },
    );
  return labels;
}

/**
 * Where folders define splits, those count, and the same bytes in several of them belong to test before validation
 * before train. Splits that no folder defines are dealt out of train, class by class.
 */
function assignSplits(
  pictures: ReadPicture[],
  explicit: SplitName[],
  seed: number,
): (picture: ReadPicture) => SplitName {
  const fixed = new Map<string, SplitName>();
  for (const { digest, split } of pictures)
    if (split !== undefined && SPLITS.indexOf(split) >= SPLITS.indexOf(fixed.get(digest) ?? 'train'))
      fixed.set(digest, split);
  const missing = SPLITS.filter((split) => split === 'train' || !explicit.includes(split));
  const open = new Map<string, string[]>();
  for (const { digest, label } of pictures)
    if ((fixed.get(digest) ?? 'train') === 'train') open.set(label, [...(open.get(label) ?? []), digest]);
  const dealt = new Map<string, SplitName>();
  for (const digests of open.values())
    for (const [digest, split] of dealOut(digests, seed, missing)) dealt.set(digest, split);
  return ({ digest }) => dealt.get(digest) ?? fixed.get(digest) ?? 'train';
}

/** Why a picture is not taken where its folder says. */
export function inAnotherSplit(split: SplitName): string {
  return sameBytes(`${split}/`);
}

function requireSome(
  split: SplitName,
  pictures: ReadPicture[],
  labels: string[],
  lost: Lost,
  skipped: readonly Skipped[],
) {
  const present = new Set(pictures.map(({ label }) => label));
  const absent = labels.filter((label) => !present.has(label));
  if (pictures.length > 0 && (split !== 'train' || absent.length === 0)) return;
  throw new FreezeframeError(
    'dataset-unusable',
    withLeftOut(`Expected pictures of every class in ${split} but found none of ${absent.join(', ')}`, skipped),
    {
      details: { absent, skipped },
      remedy:
        whyLost(lost, absent) ?? `Add pictures to ${split}/, or leave that folder out to have it dealt out of train/.`,
    },
  );
}
