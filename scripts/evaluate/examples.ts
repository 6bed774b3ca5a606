import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { type Skipped, type SplitName, scanClasses } from '#datasets';
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

export interface Examples {
  examples: Example[];
  /** Files that cannot be asked about. */
  unreadable: Skipped[];
  /** Which of its splits was taken, where the folder has some. */
  split?: SplitName;
}

const CSV_REMEDY = 'Write a header line with the columns file and label; files are looked for beside the CSV.';

/** What training has seen least of comes first. */
const BEST_SPLITS: readonly SplitName[] = ['test', 'validation', 'train'];

/**
 * Lists labelled pictures: a folder as training reads it (one subfolder per class, deeper ones belong to it; of `train`,
 * `validation` and `test` the last), or a CSV with the columns `file` and `label`. Sorted, so that two runs see the same order.
 * @throws FreezeframeError `examples-not-found`, `examples-empty`, `labels-not-valid`, `dataset-unusable`.
 */
export async function listExamples(path: string, options: TableOptions = {}): Promise<Examples> {
  const kind = await stat(path).catch((cause: unknown) => {
    throw new FreezeframeError('examples-not-found', `There is no file or folder ${path}`, {
      remedy:
        'Name a folder with one subfolder per class, a CSV with the columns file and label, or a known data set: mnist, gnomes.',
      cause,
    });
  });
  const listed = kind.isDirectory()
    ? await fromFolders(path)
    : { examples: await fromCsv(path, options), unreadable: [] };
  if (listed.examples.length > 0) return listed;
  throw new FreezeframeError('examples-empty', `${path} holds no labelled pictures`, {
    remedy: kind.isDirectory() ? 'Put the pictures into one subfolder per class.' : CSV_REMEDY,
  });
}

async function fromFolders(root: string): Promise<Examples> {
  const { pictures, splits, skipped } = await scanClasses(root);
  const split = BEST_SPLITS.find((one) => splits.includes(one));
  return {
    examples: pictures
      .filter((picture) => picture.split === split)
      .map(({ file, label }) => ({ file: join(root, file), label })),
    unreadable: skipped.map(({ file, reason }) => ({ file: join(root, file), reason })),
    ...(split ? { split } : {}),
  };
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
