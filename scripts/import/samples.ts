import type { TensorData } from '@freezeframe/inference';
import { type FreezeInput, GRAPH_NAMES, type Scaled } from '../freeze/options.ts';
import type { Samples } from '../freeze/verify.ts';
import type { ModelFacts } from './model-facts.ts';

/** Sizes of free axes: long enough for four poolings of a picture, for any kernel over a sequence. */
const FREE_SIDE = 64;
const FREE_STEPS = 12;

/** A generator of numbers in [0, 1) that is the same everywhere: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Made-up inputs for the frozen graph, the same for the same seed: bytes for pictures, numbers within their range for
 * features, -1..1 for other tensors, numbers below `vocabulary` for indices.
 * @param vocabularies for inputs of indices, by name.
 */
export function makeSamples(
  facts: ModelFacts,
  input: FreezeInput,
  rows: number,
  seed: number,
  vocabularies: ReadonlyMap<string, number>,
): Samples {
  const random = seeded(seed);
  if (input.kind === 'picture') {
    const shape = [rows, input.height, input.width, input.channels];
    const data = new Uint8Array(count(shape)).map(() => Math.floor(random() * 256));
    return { [GRAPH_NAMES.picture]: { datatype: 'UINT8', shape, data } };
  }
  if (input.kind === 'features') {
    const { features } = input;
    const data = new Float32Array(rows * features.length);
    for (let i = 0; i < data.length; i++) data[i] = within(features[i % features.length] as Scaled, random());
    return { [GRAPH_NAMES.features]: { datatype: 'FP32', shape: [rows, features.length], data } };
  }
  return Object.fromEntries(
    facts.inputs.map(({ name, shape, integers }): [string, TensorData] => {
      const free = shape.length >= 4 ? FREE_SIDE : FREE_STEPS;
      const sizes = shape.map((size, axis) => (axis === 0 ? rows : (size ?? free)));
      const vocabulary = vocabularies.get(name);
      const below = () => Math.floor(random() * (vocabulary ?? 2));
      if (integers) return [name, { datatype: 'INT32', shape: sizes, data: new Int32Array(count(sizes)).map(below) }];
      const value = vocabulary === undefined ? () => random() * 2 - 1 : below;
      return [name, { datatype: 'FP32', shape: sizes, data: new Float32Array(count(sizes)).map(value) }];
    }),
  );
}

function within({ min, max }: Scaled, share: number): number {
  // Somewhat beyond both ends: what is cut there is compared too.
  return min + (share * 1.4 - 0.2) * (max - min);
}

function count(shape: readonly number[]): number {
  return shape.reduce((n, size) => n * size, 1);
}
