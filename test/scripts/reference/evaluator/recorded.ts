import { readFileSync } from 'node:fs';
import type { KerasModel, Tensor } from '../../../../scripts/keras/model.ts';
import type { ReferenceTensor } from '../../../../scripts/reference/reference-tensor.ts';

/** One line of `test/fixtures/keras-models/answers.json`; its README says what the keys are. */
export interface Recorded {
  readonly name: string;
  readonly model: KerasModel['config'];
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly inputs: readonly { readonly shape: readonly number[]; readonly vocabulary?: number }[];
  readonly outputs: readonly Answer[];
}

export interface Answer {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const FILE = new URL('../../../fixtures/keras-models/answers.json', import.meta.url);

export const RECORDED = JSON.parse(readFileSync(FILE, 'utf8')) as Recorded[];

function numbers(shape: readonly number[], start: number): Float32Array {
  const length = shape.reduce((n, size) => n * size, 1);
  return Float32Array.from({ length }, (_, i) => ((i * 7919 + start) % 1009) / 1008);
}

export function modelOf({ model, weights }: Recorded): KerasModel {
  const entries = Object.entries(weights).map(([name, shape], n): [string, Tensor] => {
    const plain = numbers(shape, 104729 * (n + 1)).map((w) => w - 0.5);
    return [name, { shape, data: name.includes('variance') ? plain.map((w) => Math.abs(w) + 0.1) : plain }];
  });
  return { config: model, weights: new Map(entries) };
}

/** The inputs by the formula that all of the project's expectations use. */
export function formulaInput(shape: readonly number[], vocabulary?: number): ReferenceTensor {
  if (!vocabulary) return { shape, data: numbers(shape, 104729) };
  const length = shape.reduce((n, size) => n * size, 1);
  return { shape, data: Int32Array.from({ length }, (_, i) => (i * 7919) % vocabulary) };
}

/** Largest |difference| / max(1, |wanted|); infinite where shapes differ, NaN never passes. */
export function farthest(wanted: readonly Answer[], received: readonly ReferenceTensor[]): number {
  if (wanted.length !== received.length) return Number.POSITIVE_INFINITY;
  const distances = wanted.flatMap(({ shape, data }, k) => {
    const own = received[k] as ReferenceTensor;
    if (String(shape) !== String(own.shape)) return [Number.POSITIVE_INFINITY];
    return data.map((value, i) => Math.abs(value - (own.data[i] as number)) / Math.max(1, Math.abs(value)));
  });
  return distances.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...distances);
}
