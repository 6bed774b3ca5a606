import { readFile } from 'node:fs/promises';
import { type Classifier, FreezeframeError, type Timings } from '@freezeframe/inference';
import { checkLabels } from './check-labels.ts';
import type { Example } from './examples.ts';
import { type Scores, score } from './scores.ts';

/** What the model said to one example. */
export interface Answer {
  example: Example;
  /** The most probable label, and its probability. */
  called: string;
  probability: number;
  /** The probability of the example's own label. */
  own: number;
  /** False where the answer is "none of these"; absent where the model cannot tell. */
  known?: boolean;
}

export interface Evaluation extends Scores {
  model: { name: string; version: string };
  /** Share of pictures whose label is among the five most probable; only where there are more than five. */
  top5Accuracy?: number | null;
  /** Wrong answers, the surest first. */
  wrong: { file: string; label: string; called: string; probability: number }[];
  /** Files that could not be read as pictures: not counted above. */
  unreadable: { file: string; reason: string }[];
  /** From the first read to the last answer. */
  seconds: number;
  picturesPerSecond: number;
  /** Mean milliseconds per picture that the classifier spent. */
  milliseconds: Timings;
}

/** Files that are held at once: as many as the classifier runs in one go. */
const CHUNK = 16;
/** ImageNet's usual second figure. */
const TOP = 5;

/**
 * Classifies every example and compares.
 * @param onDone told how many have been answered so far.
 * @param onAnswer told each answer; unreadable files have none.
 * @throws FreezeframeError `task-not-classification`; `labels-unknown` for examples of classes that the model lacks.
 */
export async function evaluate(
  classifier: Classifier,
  examples: readonly Example[],
  onDone: (done: number) => void = () => undefined,
  onAnswer: (answer: Answer) => void = () => undefined,
): Promise<Evaluation> {
  const { name, version } = classifier.manifest;
  const labels = labelsOf(classifier);
  checkLabels(
    name,
    labels,
    examples.map(({ label }) => label),
  );
  const pairs: [string, string][] = [];
  const wrong: Evaluation['wrong'] = [];
  const unreadable: Evaluation['unreadable'] = [];
  let amongTop = 0;
  const spent: Timings = { decode: 0, run: 0 };
  const onTimings = ({ decode, run }: Timings) => {
    spent.decode += decode;
    spent.run += run;
  };
  const start = performance.now();
  for (let first = 0; first < examples.length; first += CHUNK) {
    const chunk = examples.slice(first, first + CHUNK);
    // A file that cannot be opened is an empty picture, which the classifier refuses; its reason is said below.
    const files = await Promise.all(
      chunk.map(({ file, read }) => (read ? read() : readFile(file)).catch((error: unknown) => error)),
    );
    const pictures = files.map((file) => (file instanceof Uint8Array ? file : new Uint8Array()));
    const { results } = await classifier.classifyBatch(pictures, { topK: labelCount(classifier), onTimings });
    for (const [index, example] of chunk.entries()) {
      const { file, label } = example;
      const result = results[index];
      const predictions = result && 'predictions' in result ? result.predictions : [];
      const [first] = predictions;
      if (first === undefined) {
        unreadable.push({ file, reason: reasonOf(file, files[index], result) });
        continue;
      }
      if (predictions.slice(0, TOP).some((one) => one.label === label)) amongTop++;
      const { label: called, probability } = first;
      pairs.push([label, called]);
      if (called !== label) wrong.push({ file, label, called, probability });
      onAnswer({
        example,
        called,
        probability,
        own: predictions.find((one) => one.label === label)?.probability ?? 0,
        ...(result && 'known' in result ? { known: result.known } : {}),
      });
    }
    onDone(Math.min(first + CHUNK, examples.length));
  }
  const seconds = (performance.now() - start) / 1000;
  const each = (total: number) => total / Math.max(1, examples.length);
  return {
    model: { name, version },
    ...score(labels, pairs),
    ...(labels.length > TOP ? { top5Accuracy: pairs.length > 0 ? amongTop / pairs.length : null } : {}),
    wrong: wrong.sort((a, b) => b.probability - a.probability),
    unreadable,
    seconds,
    picturesPerSecond: examples.length / seconds,
    milliseconds: { decode: each(spent.decode), run: each(spent.run) },
  };
}

/** @throws FreezeframeError `task-not-classification` */
export function labelsOf({ manifest: { name, input, output } }: Classifier): string[] {
  if (input.kind === 'picture' && output.kind === 'classification') return [...new Set(output.labels)];
  throw new FreezeframeError('task-not-classification', `The model ${name} does not classify pictures`, {
    remedy: 'It takes numbers: name a .csv or .tsv file with a column for each feature and one for the answer.',
  });
}

/** All of them: an example's own label may be the last. */
function labelCount({ manifest: { output } }: Classifier): number {
  return output.kind === 'classification' ? output.labels.length : TOP;
}

function reasonOf(name: string, file: unknown, result: object | undefined): string {
  if (file instanceof Error) return 'code' in file ? `cannot be opened (${String(file.code)})` : file.message;
  // From 500 on it is not the picture's fault.
  if (result && 'status' in result && Number(result.status) < 500 && 'detail' in result) return String(result.detail);
  const title = result && 'title' in result ? String(result.title) : 'The model gave no usable answer';
  throw new FreezeframeError('evaluation-failed', `${title} (at ${name})`, {
    remedy: `See what is wrong with: freezeframe predict NAME ${name}`,
  });
}
