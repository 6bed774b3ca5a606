import { ImportError, MAX_UNPACKED_BYTES } from '#guards';
import { type Hdf5File, isHdf5, openHdf5 } from './containers/hdf5/open-hdf5.ts';
import { holdsWeights } from './named-weights/hdf5-weights.ts';
import { isZip, oncePerSource, openBytes, type Source } from './source.ts';

/** The name of an entry below its folder. */
function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Entries that may be what is looked for, by the end of their names; a single file may be called anything. */
function candidates(source: Source, endings: RegExp): string[] {
  const names = source.entries.map((entry) => entry.name);
  return source.kind === 'file' ? names : names.filter((name) => endings.test(baseName(name)));
}

/** An HDF5 file of a source. */
export interface Hdf5Entry {
  readonly name: string;
  /** A whole model has its config with it. */
  readonly holds: 'model' | 'weights' | 'other';
}

/** HDF5 files of a source. @throws ImportError */
export const hdf5Entries = oncePerSource(async (source): Promise<Hdf5Entry[]> => {
  const found: Hdf5Entry[] = [];
  for (const name of candidates(source, /\.(h5|hdf5|keras|hdf|he5)$/i)) {
    if (!isHdf5(await source.head(name, 8))) continue;
    const holds = await withHdf5(source, name, (file) => {
      if (hdf5Text(file, '', 'model_config') !== undefined) return 'model';
      return holdsWeights(file) ? 'weights' : 'other';
    });
    found.push({ name, holds });
  }
  return found;
});

/** Opens an HDF5 entry for as long as `read` runs. @throws ImportError */
export async function withHdf5<T>(source: Source, name: string, read: (file: Hdf5File) => T): Promise<T> {
  const file = await openHdf5(await source.read(name), name);
  try {
    return read(file);
  } finally {
    await file.close();
  }
}

/** An attribute of text; h5py keeps a single one as a scalar, others as a list of one. */
export function hdf5Text(file: Hdf5File, path: string, name: string): string | undefined {
  const value = file.attribute(path, name);
  const first = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

/** Names of the parts of an unpacked `.keras` file. */
export interface KerasParts {
  readonly source: Source;
  readonly config: string;
  readonly metadata: string | undefined;
  /** `model.weights.h5`, or the index of a sharded one, or what else stands in their place. */
  readonly weights: string | undefined;
  /** To be called when the parts are read. */
  close(): Promise<void>;
}

/**
 * The parts of a `.keras` archive: of the source itself, of the only such file in a folder or zip, or unpacked in a folder.
 * @throws ImportError `format-unknown` if there are several
 */
export async function findKerasParts(source: Source): Promise<KerasParts | undefined> {
  const own = partsOf(source, async () => {});
  if (own) return own;
  if (source.kind === 'file') return undefined;
  const inside: string[] = [];
  for (const { name } of source.entries) {
    if (/\.keras$/i.test(name) && isZip(await source.head(name, 4))) inside.push(name);
  }
  if (inside.length > 1) throw several(source, inside);
  const [only] = inside;
  if (only === undefined) return undefined;
  const archive = await openBytes(only, await source.read(only, MAX_UNPACKED_BYTES));
  const parts = partsOf(archive, () => archive.close());
  if (!parts) await archive.close();
  return parts;
}

/** Whether a source is a `.keras` archive itself, packed or unpacked. */
export function isKerasArchive(source: Source): boolean {
  return partsOf(source, async () => {}) !== undefined;
}

/** Which of them is meant, nobody can know. */
export function several(source: Source, names: readonly string[]): ImportError {
  return new ImportError('format-unknown', `${source.path} holds several models: ${names.slice(0, 8).join(', ')}.`, {
    details: { models: names },
    remedy: 'Give the path of one of them.',
  });
}

/** Keras 2.11 called them `variables`. */
const WEIGHTS = ['model.weights.h5', 'model.weights.json', 'model.weights.npz', 'variables.h5', 'variables.npz'];

function partsOf(source: Source, close: () => Promise<void>): KerasParts | undefined {
  if (source.kind === 'file') return undefined;
  const names = new Set(source.entries.map((entry) => entry.name));
  const folder = [...names]
    .filter((name) => baseName(name) === 'config.json')
    .map((name) => name.slice(0, -'config.json'.length))
    .sort((a, b) => a.length - b.length)
    .find((at) => isArchiveFolder(at, names));
  if (folder === undefined) return undefined;
  const config = `${folder}config.json`;
  const metadata = names.has(`${folder}metadata.json`) ? `${folder}metadata.json` : undefined;
  const weights = WEIGHTS.map((name) => folder + name).find((name) => names.has(name));
  return { source, config, metadata, weights, close };
}

/** A folder with all parts, and no model beside it that may be meant instead. */
function isArchiveFolder(folder: string, names: ReadonlySet<string>): boolean {
  const others = [...names].filter((name) => !name.startsWith(folder));
  return (
    ['metadata.json', ...WEIGHTS].some((part) => names.has(folder + part)) &&
    !others.some((name) => /\.(keras|h5|hdf5)$/i.test(name))
  );
}
