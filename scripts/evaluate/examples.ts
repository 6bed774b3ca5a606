import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { readPicture } from '#datasets';
import { openTable, type TableOptions } from '#tables';

/** A file, and what is on it. */
export interface Example {
  file: string;
  label: string;
  /** The picture's bytes, where `file` is only what it is called. */
  read?: () => Promise<Uint8Array>;
  /** Its own file, where `read` gives what was made of it. */
  path?: string;
}

const CSV_REMEDY = 'Write a header line with the columns file and label; files are looked for beside the CSV.';

/**
 * Lists labelled pictures: a folder with one subfolder per class (deeper ones belong to it; hidden ones are left out), or
 * a CSV with the columns `file` and `label`. Sorted, so that two runs see the same order.
 * @throws FreezeframeError `examples-not-found`, `examples-empty`, `labels-not-valid`.
 */
export async function listExamples(path: string, options: TableOptions = {}): Promise<Example[]> {
  const kind = await stat(path).catch((cause: unknown) => {
    throw new FreezeframeError('examples-not-found', `There is no file or folder ${path}`, {
      remedy:
        'Name a folder with one subfolder per class, a CSV with the columns file and label, or a known data set: mnist, gnomes.',
      cause,
    });
  });
  const examples = kind.isDirectory() ? await fromFolders(path) : await fromCsv(path, options);
  if (examples.length > 0) return examples;
  throw new FreezeframeError('examples-empty', `${path} holds no labelled pictures`, {
    remedy: kind.isDirectory() ? 'Put the pictures into one subfolder per class.' : CSV_REMEDY,
  });
}

async function fromFolders(root: string): Promise<Example[]> {
  const examples: Example[] = [];
  const above = await realpath(root);
  for (const { name: label, path, kind } of await entriesOf(root)) {
    if (kind !== 'folder') continue;
    for (const example of await examplesBelow(path, label, new Set([above]))) examples.push(example);
  }
  return examples;
}

/** Links are followed as training follows them: each real folder once, and never back up. */
async function examplesBelow(folder: string, label: string, entered: Set<string>): Promise<Example[]> {
  const real = await realpath(folder);
  if (entered.has(real)) return [];
  entered.add(real);
  const entries = await entriesOf(folder);
  const examples = entries
    .filter(({ kind }) => kind !== 'folder')
    .map(({ path, kind }) => exampleOf(path, label, kind));
  for (const { path, kind } of entries) {
    if (kind === 'folder') for (const example of await examplesBelow(path, label, entered)) examples.push(example);
  }
  return examples;
}

/** What is neither is named among what cannot be read: `readPicture` refuses it. */
function exampleOf(file: string, label: string, kind: Kind): Example {
  return kind === 'other' ? { file, label, read: () => readPicture(file) } : { file, label };
}

type Kind = 'folder' | 'file' | 'other';

/** The visible entries of a folder, sorted. A link counts as what it leads to; one that leads nowhere is told when it is read. */
async function entriesOf(folder: string): Promise<{ name: string; path: string; kind: Kind }[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      const kind: Kind = found?.isDirectory() ? 'folder' : (found?.isFile() ?? true) ? 'file' : 'other';
      return { name, path, kind };
    }),
  );
}

async function fromCsv(path: string, options: TableOptions): Promise<Example[]> {
  const examples: Example[] = [];
  try {
    const { columns, records } = await openTable(path, options);
    const indices = ['file', 'label'].map((name) => columns.indexOf(name));
    for await (const { cells, line } of records()) {
      const [file, label] = indices.map((index) => cells[index]);
      if (file && label) examples.push({ file: resolve(dirname(path), file), label });
      else throw labelsNotValid(expected('a value', `column ${file ? 'label' : 'file'} in line ${line}`, ''));
    }
  } catch (error) {
    if (error instanceof FreezeframeError && error.code === 'csv-invalid') throw labelsNotValid(error.message, error);
    throw error;
  }
  return examples;
}

function labelsNotValid(message: string, cause?: FreezeframeError): FreezeframeError {
  return new FreezeframeError('labels-not-valid', message, { cause, remedy: cause?.remedy ?? CSV_REMEDY });
}
