import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { type Skipped, SPLITS, type SplitName } from '../dataset.ts';
import { mayBePicture } from '../left-out.ts';
import { labelNotes } from './label-notes.ts';
import { NO_FILE } from './read-picture.ts';
import { splitsOf, type TopFolder } from './splits.ts';

export interface FoundPicture {
  /** Absolute path. */
  path: string;
  /** Relative to the data set, joined by `/`. */
  file: string;
  label: string;
  /** Where the folder says so; otherwise the contents are dealt out. */
  split: SplitName | undefined;
}

export interface Scan {
  pictures: FoundPicture[];
  /** Sorted; a class folder without a single file counts too, and is refused later by name. */
  labels: string[];
  /** Which splits the folder itself defines. */
  splits: SplitName[];
  skipped: Skipped[];
  /** What may be odd about the labels. */
  notes: string[];
}

const DECODED = '.jpg .jpeg .jpe .jfif .pjpeg .png .apng .webp .gif .avif .tif .tiff';
/** Pictures that are refused when they are read: to pass over them would lose a telephone's photographs without a word. */
const OTHERS = '.bmp .heic .heif .jxl .jp2 .dng .psd';
const PICTURES = new Set(`${DECODED} ${OTHERS}`.split(' '));

/** Whether a file is called as pictures are. */
export function isPictureFile(name: string): boolean {
  return PICTURES.has(extname(name).toLowerCase());
}

/** What systems leave behind in folders of pictures: `@eaDir` holds small copies of all of them, on storage of Synology. */
const LITTER = new Set(['thumbs.db', 'desktop.ini', 'icon\r', '__macosx', '@eadir']);

/** Whether a file or folder was put there by a system and not by a person, or is hidden. */
export function isLitter(name: string): boolean {
  return name.startsWith('.') || LITTER.has(name.toLowerCase());
}

/** As {@link scanClasses}. @throws FreezeframeError `dataset-unusable`, where there is nothing to tell apart too */
export async function scanFolder(root: string): Promise<Scan> {
  const scan = await scanClasses(root);
  if (scan.labels.length >= 2) return scan;
  throw new FreezeframeError('dataset-unusable', expected('at least 2 class folders', 'the data set', scan.labels), {
    remedy: 'Make one folder per class and put its pictures inside: pictures/cat/*.jpg, pictures/dog/*.jpg.',
  });
}

/**
 * Finds the pictures of `<folder>/<class>/…` or `<folder>/{train,validation,test}/<class>/…`. Hidden files and litter are ignored,
 * links are followed once, so a link in a circle ends.
 * @throws FreezeframeError `dataset-unusable` where folders are called as splits and are none
 */
export async function scanClasses(root: string): Promise<Scan> {
  const skipped: Skipped[] = [];
  const folders = foldersAmong(await entriesOf(root, '', skipped), skipped);
  const explicit = splitsOf(await Promise.all(folders.map(lookInto)));
  const pictures: FoundPicture[] = [];
  const spellings = new Map<string, Set<string>>();
  const splits = new Set<SplitName>();
  // A link back up would bring the pictures of all other classes.
  const above = await realpath(root);
  const addClasses = async (classes: Entry[], split: SplitName | undefined) => {
    for (const { name, path, file } of classes) {
      // One name has several spellings in Unicode; macOS and zip files mix them.
      const label = name.normalize('NFC');
      spellings.set(label, (spellings.get(label) ?? new Set()).add(name));
      for await (const found of filesUnder(path, file, skipped, new Set([above])))
        pictures.push({ ...found, label, split });
    }
  };
  if (explicit) {
    for (const entry of folders) {
      const split = explicit.get(entry.name) as SplitName;
      splits.add(split);
      await addClasses(foldersAmong(await entriesOf(entry.path, entry.file, skipped), skipped), split);
    }
  } else await addClasses(folders, undefined);
  const labels = [...spellings.keys()].sort();
  const ordered = SPLITS.filter((split) => splits.has(split));
  return { pictures, labels, splits: ordered, skipped, notes: labelNotes(spellings) };
}

/** Files beside class folders have no class: what may be a picture is named. */
function foldersAmong(entries: readonly Entry[], skipped: Skipped[]): Entry[] {
  for (const { file, folder } of entries)
    if (!folder && mayBePicture(file)) skipped.push({ file, reason: 'not in a class folder' });
  return entries.filter(({ folder }) => folder);
}

async function lookInto({ name, path, file }: Entry): Promise<TopFolder> {
  const entries = await entriesOf(path, file, []);
  return {
    name,
    folders: entries.filter((inner) => inner.folder).map((inner) => inner.name),
    pictures: entries.some((inner) => !inner.folder && isPictureFile(inner.name)),
  };
}

interface Entry {
  name: string;
  path: string;
  file: string;
  folder: boolean;
}

/** The visible entries of a folder, sorted by name, links resolved; what is neither file nor folder is skipped. */
async function entriesOf(path: string, prefix: string, skipped: Skipped[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const name of (await readdir(path)).sort()) {
    if (isLitter(name)) continue;
    const file = prefix ? `${prefix}/${name}` : name;
    const entry = join(path, name);
    try {
      const info = await stat(entry);
      if (info.isFile() || info.isDirectory()) entries.push({ name, path: entry, file, folder: info.isDirectory() });
      else skipped.push({ file, reason: NO_FILE });
    } catch (error) {
      skipped.push({ file, reason: `cannot be opened (${(error as NodeJS.ErrnoException).code})` });
    }
  }
  return entries;
}

/** Every file of a class, in its subfolders too. Each real folder is entered once. */
async function* filesUnder(
  path: string,
  prefix: string,
  skipped: Skipped[],
  entered: Set<string>,
): AsyncGenerator<{ path: string; file: string }> {
  const real = await realpath(path);
  if (entered.has(real)) return;
  entered.add(real);
  for (const entry of await entriesOf(path, prefix, skipped)) {
    if (entry.folder) yield* filesUnder(entry.path, entry.file, skipped, entered);
    else yield { path: entry.path, file: entry.file };
  }
}
