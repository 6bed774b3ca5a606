import type { TensorData } from '@freezeframe/inference';
import { accuracyOf } from '#evaluate';
import { firstChoice } from '#frozen';

/** What is compared: the output that classifies, and the one that says that a picture shows none of the labels. */
export interface AnswerOutputs {
  readonly name: string;
  /** What the graph has applied to its numbers already. */
  readonly activation?: 'softmax' | 'sigmoid' | 'none';
  readonly unknown?: { readonly name: string; readonly threshold: number } | undefined;
}

/** A graph's answer to one picture. */
export interface Answer {
  /** Number of the label, or -1: it shows none of them. */
  readonly choice: number;
  readonly numbers: Float32Array;
  /** Each number is a probability of its own: several labels may be true at once. */
  readonly independent?: boolean;
}

export function answerOf(outputs: AnswerOutputs, received: Readonly<Record<string, TensorData>>): Answer {
  const { name, activation, unknown } = outputs;
  const raw = Float32Array.from((received[name] as TensorData).data as Float32Array);
  const numbers = activation === 'none' ? probabilities(raw) : raw;
  const distance = unknown ? Number((received[unknown.name] as TensorData).data[0]) : Number.NEGATIVE_INFINITY;
  const known = !unknown || distance <= unknown.threshold;
  const independent = activation === 'sigmoid' && numbers.length > 1;
  return { choice: known ? firstChoice(numbers, 0, numbers.length) : -1, numbers, independent };
}

function probabilities(logits: Float32Array): Float32Array {
  if (logits.length === 1) return logits.map((value) => 1 / (1 + Math.exp(-value)));
  const most = logits.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const powers = logits.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, one) => total + one, 0);
  return powers.map((value) => value / sum);
}

/** Whether no label changes sides of a half, but for those of which float itself is undecided by less than `tie`. */
function sameLabels({ numbers, independent }: Answer, other: Answer, tie: number): boolean {
  if (!independent) return true;
  return numbers.every((value, k) => Math.abs(2 * value - 1) < tie || value >= 0.5 === (other.numbers[k] ?? 0) >= 0.5);
}

/** How much more probable float finds its own first choice than that of int8; nothing where one of them knows no label. */
function lead({ choice, numbers }: Answer, other: number): number {
  if (choice < 0 || other < 0) return Number.POSITIVE_INFINITY;
  if (numbers.length === 1) return Math.abs(2 * (numbers[0] as number) - 1);
  return (numbers[choice] as number) - (numbers[other] as number);
}

export function outputNames({ name, unknown }: AnswerOutputs): string[] {
  return unknown ? [name, unknown.name] : [name];
}

export interface Judgement {
  readonly count: number;
  /** How many different first choices float has for them: with one alone, agreement says little. */
  readonly choices: number;
  /** Pictures with the very same first choice. */
  readonly identical: number;
  /** And with those of which float itself is undecided between the two; their share, and the 95 % interval of that. */
  readonly same: number;
  readonly agreement: number;
  readonly agreementLow: number;
  readonly agreementHigh: number;
  /** Of the pictures that have labels. */
  readonly labelled: number;
  readonly top1Float?: number;
  readonly top1Int8?: number;
}

/** Two labels of which float finds one more probable by less than this are a tie, which any rounding decides. */
const TIE = 0.05;

/** What is least asked of a quantized graph. */
export const LEAST_AGREEMENT = 0.98;
export const MOST_DROP = 0.005;

/** @param labels the right answer of each, where it is known */
export function judge(
  float: readonly Answer[],
  int8: readonly Answer[],
  labels: readonly (number | undefined)[],
): Judgement {
  const pairs = float.map((one, i) => [one, int8[i] as Answer] as const);
  const alike = (tie: number) =>
    pairs.filter(
      ([one, other]) => (one.choice === other.choice || lead(one, other.choice) < tie) && sameLabels(one, other, tie),
    ).length;
  const [identical, same] = [alike(0), alike(TIE)];
  const { accuracy, accuracyLow, accuracyHigh } = accuracyOf(same, float.length);
  const labelled = labels.filter((label) => label !== undefined).length;
  const right = (answers: readonly Answer[]) => answers.filter(({ choice }, i) => choice === labels[i]).length;
  return {
    count: float.length,
    choices: new Set(float.map(({ choice }) => choice)).size,
    identical,
    same,
    agreement: accuracy,
    agreementLow: accuracyLow,
    agreementHigh: accuracyHigh,
    labelled,
    ...(labelled > 0 ? { top1Float: right(float) / labelled, top1Int8: right(int8) / labelled } : {}),
  };
}

export function holds({ agreement, top1Float, top1Int8 }: Judgement): boolean {
  // Rounding of the shares is no drop.
  const drop = (top1Float ?? 0) - (top1Int8 ?? 0) - 1e-12;
  return agreement >= LEAST_AGREEMENT && drop <= MOST_DROP;
}

/** Mean difference of all numbers. */
export function distance(float: readonly Answer[], int8: readonly Answer[]): number {
  let [sum, count] = [0, 0];
  for (const [i, { numbers }] of float.entries())
    for (const [k, value] of numbers.entries()) {
      sum += Math.abs(value - (int8[i]?.numbers[k] as number));
      count++;
    }
  return sum / Math.max(1, count);
}
