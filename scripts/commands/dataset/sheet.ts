import { extname } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { type Dataset, describeDataset, type PictureDataset, writeSheet } from '#datasets';
import { splitPictures } from '#evaluate';
import { type SheetPicture, writeSheetPage } from '#report';
import { commandLine } from '../report/command-line.ts';
import { lookThrough } from './look-through.ts';

const SPLITS = ['train', 'validation', 'test'] as const;
/** Of each label: fewer where there are many labels. */
const SHOWN = 12;
const SHOWN_IN_ALL = 360;
const LEAST_SHOWN = 4;

/** Writes a page (.html) or one picture (.png). @throws FreezeframeError `used-wrongly` for a table or another kind of file */
export async function writeSheetFile(dataset: Dataset, file: string): Promise<void> {
  const kind = extname(file).toLowerCase();
  if (kind === '.png') return writeSheet(dataset, file);
  if (dataset.kind !== 'pictures')
    throw new FreezeframeError('used-wrongly', expected('pictures', 'a contact sheet', dataset.kind));
  if (kind !== '.html' && kind !== '.htm')
    throw new FreezeframeError('used-wrongly', expected('a name that ends in .html or .png', '--sheet', file));
  await writeSheetPage(await sheetOf(dataset), file);
}

async function sheetOf(dataset: PictureDataset) {
  const pictures = SPLITS.flatMap((split) =>
    splitPictures(dataset, split).map(
      ({ read, ...picture }): SheetPicture => ({
        ...picture,
        ...(picture.path === undefined ? { read } : {}),
      }),
    ),
  );
  const { labels: counts = {}, digest, skipped, name } = describeDataset(dataset);
  const each = Math.max(LEAST_SHOWN, Math.min(SHOWN, Math.floor(SHOWN_IN_ALL / dataset.labels.length)));
  const { duplicates, odd } = await lookThrough(dataset);
  return {
    name,
    labels: Object.entries(counts).map(([label, of]) => ({
      label,
      counts: { ...of },
      pictures: spread(
        pictures.filter((picture) => picture.label === label),
        each,
      ),
    })),
    ...(duplicates ? { duplicates: duplicates.map((group) => group.map((row) => pictures[row] as SheetPicture)) } : {}),
    ...(odd ? { odd: odd.map((row) => pictures[row] as SheetPicture) } : {}),
    skipped,
    provenance: [
      ['Command', commandLine()],
      ['Digest', digest],
    ] as const,
  };
}

/** Some at equal steps: the first ones of a folder are often of one kind. */
function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, step) => all[Math.floor((step * all.length) / most)] as T);
}
