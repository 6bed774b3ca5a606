import { stat } from 'node:fs/promises';
import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Dataset, DatasetOptions } from './dataset.ts';
import { DATASET_KINDS } from './kinds.ts';

/**
 * Loads what the user named: `gnomes`, `mnist`, `house-prices`, a CSV file, or a folder with one subfolder per class.
 * @throws FreezeframeError `dataset-not-found` where nothing is meant by `spec`, `dataset-unusable` where it cannot be
 *   trained on or most of it cannot be read, `used-wrongly` for options that do not fit, and what the kind itself foresees.
 */
export async function loadDataset(spec: string, options: DatasetOptions = {}): Promise<Dataset> {
  for (const kind of DATASET_KINDS) if (await kind.claims(spec)) return kind.load(spec, options);
  const there = await stat(spec).then(
    () => true,
    () => false,
  );
  const known = DATASET_KINDS.map((kind) => kind.spec).join(', ');
  throw new FreezeframeError('dataset-not-found', expected(`one of ${known}`, 'the data set', spec), {
    remedy: there
      ? 'A table must be named .csv or .tsv; pictures must be given as the folder that holds the class folders.'
      : 'Check the path: there is no such file or folder here.',
  });
}

/** For help texts: each kind's words and what they mean. */
export function datasetHelp(): string {
  return DATASET_KINDS.map((kind) => `  ${kind.spec.padEnd(14)}${kind.summary}`).join('\n');
}
