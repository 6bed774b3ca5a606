import { join } from 'node:path';
import { ImportError } from '#guards';
import { refuseForeign } from './foreign.ts';
import type { FormatReader, ImportedModel } from './format-reader.ts';
import { FORMATS } from './formats/index.ts';
import { labelsBeside } from './labels.ts';
import { openSource, type Source } from './source.ts';
import { readTable, type Table, type TableFiles } from './tables/table.ts';

/** A model as its file gives it, and which file that was. */
export interface ReadModel {
  readonly imported: ImportedModel;
  /** The format's name for people. */
  readonly title: string;
  /** sha256 of what was given, in hexadecimal. */
  readonly sha256: string;
}

/** A model and what was given with it. */
export interface ReadAll extends ReadModel {
  readonly table: Table;
}

/**
 * Reads everything that comes from outside, in this thread.
 * @throws ImportError
 */
export async function readAll(path: string, files: TableFiles = {}): Promise<ReadAll> {
  const read = await readModel(path);
  return { ...read, table: await readTable(files) };
}

/**
 * Opens a file, a folder or a zip, finds its format by content, and reads the model.
 * @throws ImportError
 */
export async function readModel(path: string): Promise<ReadModel> {
  const source = await openSource(path);
  try {
    await refuseForeign(source);
    const reader = await detect(source);
    if (reader) return await read(reader, source);
    const inside = source.kind === 'folder' ? await detectInside(source) : undefined;
    if (inside === undefined) throw unknown(source);
    return await readInside(source, inside);
  } finally {
    await source.close();
  }
}

async function detect(source: Source): Promise<FormatReader | undefined> {
  for (const reader of FORMATS) if (await reader.recognises(source)) return reader;
  return undefined;
}

async function read(reader: FormatReader, source: Source): Promise<ReadModel> {
  const imported = await reader.read(source);
  return { imported: await withLabels(imported, source), title: reader.title, sha256: await source.digest() };
}

/** Class names that lie beside a model belong to it, unless the model brings its own. */
async function withLabels(imported: ImportedModel, source: Source): Promise<ImportedModel> {
  if (imported.labels || source.kind === 'file') return imported;
  const beside = await labelsBeside(source, '');
  if (!beside) return imported;
  const notes = [...imported.notes, `Labels are those of ${beside.entry}.`, ...beside.notes];
  return { ...imported, labels: beside.labels, notes };
}

/** More files than anybody puts beside a model; each is opened to look at it. */
const MAX_LOOKED_AT = 100;

/** The one file of a folder that is a model by itself. */
async function detectInside({ path, entries }: Source): Promise<string | undefined> {
  const found: string[] = [];
  for (const { name, bytes } of entries.slice(0, MAX_LOOKED_AT)) {
    if (bytes === 0 || name.split('/').some((part) => part.startsWith('.'))) continue;
    const file = await openSource(join(path, name));
    try {
      if (await detect(file)) found.push(name);
    } finally {
      await file.close();
    }
  }
  if (found.length > 1) {
    throw new ImportError('format-unknown', `${path} holds ${found.length} models: ${found.slice(0, 8).join(', ')}`, {
      details: { found: found.slice(0, 100) },
      remedy: 'Name the one that is meant.',
    });
  }
  return found[0];
}

async function readInside(folder: Source, name: string): Promise<ReadModel> {
  const file = await openSource(join(folder.path, name));
  try {
    const result = await read((await detect(file)) as FormatReader, file);
    return { ...result, imported: await withLabels(result.imported, folder) };
  } finally {
    await file.close();
  }
}

function unknown({ path, kind, entries }: Source): ImportError {
  const holds =
    kind === 'file'
      ? ''
      : ` It holds ${
          entries
            .slice(0, 5)
            .map(({ name }) => name)
            .join(', ') || 'nothing'
        }.`;
  return new ImportError('format-unknown', `${path} is no model of a format that is known.${holds}`, {
    details: { formats: FORMATS.map(({ format }) => format), entries: entries.slice(0, 20).map(({ name }) => name) },
    remedy: `Known are ${FORMATS.map(({ title }) => title).join(', ')}.`,
  });
}
