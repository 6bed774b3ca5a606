import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { openTable, type TableOptions } from '#tables';

/** A file, and what is on it. */
export interface Example {
  file: string;
  label: string;
  /** The picture's bytes, where `file` is only what it is called. */
  read?: () => Promise<Uint8Array>;
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
  for (const label of await entriesOf(root, 'folders')) {
    for (const file of await filesBelow(join(root, label))) examples.push({ file, label });
  }
  return examples;
}

async function filesBelow(folder: string): Promise<string[]> {
  const files = (await entriesOf(folder, 'files')).map((name) => join(folder, name));
  for (const name of await entriesOf(folder, 'folders')) files.push(...(await filesBelow(join(folder, name))));
  return files;
}

async function entriesOf(folder: string, wanted: 'files' | 'folders'): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    // A link counts as what it leads to, except to a folder: it may lead back up.
    const isFile = entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(join(folder, entry.name))));
    if (wanted === 'files' ? isFile : entry.isDirectory()) names.push(entry.name);
  }
  return names.sort();
}

async function leadsToFile(link: string): Promise<boolean> {
  return stat(link).then(
    (target) => target.isFile(),
    () => false,
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
