import { readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { didYouMean } from '#system';
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
  const words = DATASET_KINDS.map((kind) => kind.spec).join(', ');
  const message = expected(`one of ${words}`, 'the data set', spec);
  if (there) {
    throw new FreezeframeError('dataset-not-found', message, {
      remedy: 'A table must be named .csv or .tsv; pictures must be given as the folder that holds the class folders.',
    });
  }
  const { remedy = '' } = didYouMean(basename(spec), await namesNear(spec));
  throw new FreezeframeError('dataset-not-found', message, {
    remedy: `Check the path: there is no such file or folder here. ${remedy}`.trimEnd(),
  });
}

/** Names of data sets, and of what lies in the folder where `spec` would be. */
async function namesNear(spec: string): Promise<string[]> {
  const beside = await readdir(dirname(spec)).catch(() => []);
  return dirname(spec) === '.' ? [...DATASET_KINDS.map((kind) => kind.spec), ...beside] : beside;
}

/** For help texts: each kind's words and what they mean. */
export function datasetHelp(): string {
  return DATASET_KINDS.map((kind) => `  ${kind.spec.padEnd(14)}${kind.summary}`).join('\n');
}
