import { FreezeframeError, type Manifest, type Timings } from '@freezeframe/inference';
import { classifyAll } from '#classifiers';
import type { SplitName } from '#datasets';
import { systemCode } from '#system';
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
  /** sha256 (hex) of the bytes that were answered. */
  digest: string;
  /** False where the answer is "none of these"; absent where the model cannot tell. */
  known?: boolean;
}

export interface Evaluation extends Scores {
  model: { name: string; version: string };
  /** Of a folder with splits, the one that was asked about. */
  split?: SplitName;
  /** Share of pictures whose label is among the five most probable; only where there are more than five. */
  top5Accuracy?: number | null;
  /** How many were answered with "none of these"; absent where the model cannot tell. Above, the most probable label counts. */
  noneOfThese?: number;
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

/** ImageNet's usual second figure. */
const TOP = 5;

/** A version of a model, not in memory. */
export interface ModelFolder {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Classifies every example and compares.
 * @param onDone told how many have been answered so far.
 * @param onAnswer told each answer; unreadable files have none.
 * @throws FreezeframeError `task-not-classification`; `labels-unknown` for examples of classes that the model lacks.
 */
export async function evaluate(
  { folder, manifest }: ModelFolder,
  given: readonly Example[],
  onDone: (done: number) => void = () => undefined,
  onAnswer: (answer: Answer) => void = () => undefined,
): Promise<Evaluation> {
  const { name, version } = manifest;
  const labels = labelsOf(manifest);
  const examples = inSpellingOf(labels, given);
  checkLabels(
    name,
    labels,
    examples.map(({ label }) => label),
  );
  const pairs: [string, string][] = [];
  const wrong: Evaluation['wrong'] = [];
  const unreadable: Evaluation['unreadable'] = [];
  const { unknown } = manifest.output.kind === 'classification' ? manifest.output : {};
  let [amongTop, rejected] = [0, 0];
  const spent: Timings = { decode: 0, run: 0 };
  let done = 0;
  const start = performance.now();
  for await (const said of classifyAll(folder, askedOf(examples), examples.length, { topK: TOP })) {
    const example = examples[done++] as Example;
    const { file, label } = example;
    if ('error' in said) {
      unreadable.push({ file, reason: reasonOf(file, said.error) });
    } else {
      const { result, own = 0, digest = '' } = said;
      spent.decode += said.spent.decode;
      spent.run += said.spent.run;
      const predictions = 'predictions' in result ? result.predictions : [];
      const [first] = predictions;
      if (first === undefined) throw new Error(`no answer to ${file}`);
      if (predictions.some((one) => one.label === label)) amongTop++;
      const { label: called, probability } = first;
      pairs.push([label, called]);
      if ('known' in result && result.known === false) rejected++;
      if (called !== label) wrong.push({ file, label, called, probability });
      onAnswer({ example, called, probability, own, digest, ...('known' in result ? { known: result.known } : {}) });
    }
    onDone(done);
  }
  const seconds = (performance.now() - start) / 1000;
  const each = (total: number) => total / Math.max(1, examples.length);
  return {
    model: { name, version },
    ...score(labels, pairs),
    ...(labels.length > TOP ? { top5Accuracy: pairs.length > 0 ? amongTop / pairs.length : null } : {}),
    ...(unknown ? { noneOfThese: rejected } : {}),
    wrong: wrong.sort((a, b) => b.probability - a.probability),
    unreadable,
    seconds,
    picturesPerSecond: examples.length / seconds,
    milliseconds: { decode: each(spent.decode), run: each(spent.run) },
  };
}

/** A model's label may be written in another form of Unicode than a folder's name: macOS and zip files mix them. */
function inSpellingOf(labels: readonly string[], examples: readonly Example[]): readonly Example[] {
  const known = new Set(labels);
  const own = new Map(labels.map((label) => [label.normalize('NFC'), label]));
  return examples.map((example) => {
    const label = known.has(example.label) ? example.label : own.get(example.label.normalize('NFC'));
    return label === undefined || label === example.label ? example : { ...example, label };
  });
}

function* askedOf(examples: readonly Example[]) {
  for (const { file, label, read } of examples) yield { picture: read ?? file, label };
}

/** @throws FreezeframeError `task-not-classification` */
export function labelsOf({ name, input, output }: Manifest): string[] {
  if (input.kind === 'picture' && output.kind === 'classification') return [...new Set(output.labels)];
  throw new FreezeframeError('task-not-classification', `The model ${name} does not classify pictures`, {
    remedy: 'It takes numbers: name a .csv or .tsv file with a column for each feature and one for the answer.',
  });
}

function reasonOf(file: string, error: FreezeframeError): string {
  if (error.code === 'model-output-invalid') {
    // It is not the picture's fault.
    throw new FreezeframeError('evaluation-failed', `The model gave no usable answer (at ${file})`, {
      cause: error,
      remedy: `See what is wrong with: freezeframe predict NAME ${file}`,
    });
  }
  const system = systemCode(error);
  return system === undefined ? error.message : `cannot be opened (${system})`;
}
