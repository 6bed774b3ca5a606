import type { Head } from './logistic.ts';

/** Deviation of log T that is expected: few pictures move it little. Measured on sharp and on blurred photographs. */
const PRIOR = 0.3;
/** exp(-1.2) to exp(1.2): 0.3 to 3.3. */
const REACH = 1.2;
const STEP = 0.02;

/** What heads answered to rows that they had not seen, and what is right. */
export interface Answered {
  /** Row-major [rows, labels]. */
  readonly probabilities: Float32Array;
  readonly classes: Int32Array;
  readonly labels: number;
}

/**
 * The temperature T of softmax(logits / T) (Guo et al., On Calibration of Modern Neural Networks, 2017) that makes the right labels
 * likeliest, weighed against how far it is from 1. It is 1 where the gain is no larger than its own standard error.
 */
export function findTemperature(answered: Answered): number {
  const before = losses(answered, 1);
  let [best, least] = [1, Number.POSITIVE_INFINITY];
  for (let log = -REACH; log <= REACH + STEP / 2; log += STEP) {
    const temperature = Math.exp(log);
    const loss = sum(losses(answered, temperature)) + (log * log) / (2 * PRIOR * PRIOR);
    if (loss < least) [best, least] = [temperature, loss];
  }
  const gains = losses(answered, best).map((loss, row) => (before[row] as number) - loss);
  const gain = sum(gains) / gains.length;
  const variance = sum(gains.map((one) => (one - gain) ** 2)) / Math.max(1, gains.length - 1);
  return gain > Math.sqrt(variance / gains.length) ? best : 1;
}

/** log(1 / probability of the right label) of each row, as `sharpened` has it. */
function losses({ probabilities, classes, labels }: Answered, temperature: number): Float64Array {
  return Float64Array.from(classes, (label, row) => {
    let total = 0;
    for (let at = row * labels; at < (row + 1) * labels; at++) total += power(probabilities[at] as number, temperature);
    return -Math.log(Math.max(power(probabilities[row * labels + label] as number, temperature) / total, 1e-12));
  });
}

/** softmax(log p / T). */
export function sharpened(probabilities: ArrayLike<number>, temperature: number): Float64Array {
  const powers = Float64Array.from(probabilities, (p) => power(p, temperature));
  const total = sum(powers);
  return powers.map((power) => power / total);
}

function power(probability: number, temperature: number): number {
  return Math.max(probability, 1e-30) ** (1 / temperature);
}

/** A head whose softmax needs no temperature. */
export function withTemperature(head: Head, temperature: number): Head {
  const scaled = (values: Float32Array) => values.map((value) => value / temperature);
  return { ...head, weights: scaled(head.weights), bias: scaled(head.bias) };
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
