import {
  type Classifier,
  checkAnswerOptions,
  elementCount,
  type Result,
  resultOutput,
  type TensorData,
  toResults,
} from '@freezeframe/inference';
import { measure } from '../../shared/observe/metrics.ts';
import { countRun } from '../../shared/observe/statistics.ts';

export type Feeds = Record<string, TensorData>;

/**
 * Runs the model, and notes how long it took.
 * @param names the outputs that are wanted, default all. @throws as `Classifier.run`.
 */
export async function runTimed(classifier: Classifier, feeds: Feeds, names?: readonly string[]): Promise<Feeds> {
  const { name: model, version } = classifier.manifest;
  const started = performance.now();
  const rows = rowsOf(feeds);
  try {
    const results = await classifier.run(feeds, names);
    const run = performance.now() - started;
    measure('RunMs', run, { model, version });
    countRun({ model, version, rows, run });
    return results;
  } catch (error) {
    countRun({ model, version, rows, run: performance.now() - started, failed: true });
    throw error;
  }
}

/** How many rows a batch has. */
export function rowsOf(feeds: Feeds): number {
  return Object.values(feeds)[0]?.shape[0] ?? 1;
}

/** The result of each row, as people see it, with every label. @throws as `toResults`. */
export function rowResults({ manifest }: Classifier, outputs: Feeds): Result[] {
  const output = resultOutput(manifest);
  const labels = output.kind === 'classification' ? output.labels.length : 1;
  const { shape } = outputs[output.name] as TensorData;
  return toResults(manifest, outputs, shape[0] ?? 1, checkAnswerOptions({ topK: labels }));
}

/** Flat values as arrays in arrays. */
export function nested(values: readonly unknown[], shape: readonly number[]): unknown[] {
  const [size = values.length, ...rest] = shape;
  if (rest.length === 0) return [...values];
  const step = elementCount(rest);
  return Array.from({ length: size }, (_, index) => nested(values.slice(index * step, (index + 1) * step), rest));
}
