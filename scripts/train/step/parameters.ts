import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Tensor, WeightSpec } from '#keras';
import { stream } from '#system';
import { initialize } from './initializers.ts';

/** Where one weight lies in its vector. */
export interface Slot {
  /** `<layer>/<weight>`, as in `KerasModel.weights`. */
  readonly key: string;
  readonly shape: readonly number[];
  readonly size: number;
  readonly offset: number;
  readonly initializer: unknown;
}

/** All weights of a model end to end, in two vectors: those that the optimizer moves, and those that it does not. */
export interface ParameterLayout {
  readonly trainable: readonly Slot[];
  /** Moving averages, and weights of layers whose `trainable` is false. */
  readonly fixed: readonly Slot[];
}

/** The two vectors of a layout. */
export interface Parameters {
  readonly trainable: Float32Array;
  readonly fixed: Float32Array;
}

/** @param weights every weight once; `trainable` says which vector it is for. */
export function layOut(weights: readonly (WeightSpec & { readonly key: string })[]): ParameterLayout {
  const place = (chosen: typeof weights): Slot[] => {
    let offset = 0;
    return chosen.map(({ key, shape, initializer }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const slot = { key, shape, size, offset, initializer };
      offset += size;
      return slot;
    });
  };
  return { trainable: place(weights.filter((w) => w.trainable)), fixed: place(weights.filter((w) => !w.trainable)) };
}

/** Number of elements of a vector. */
export function totalSize(slots: readonly Slot[]): number {
  return slots.reduce((sum, slot) => sum + slot.size, 0);
}

/** First values, the same for the same seed. */
export function initialParameters(layout: ParameterLayout, seed: number): Parameters {
  const fill = (slots: readonly Slot[], purpose: string) => {
    const vector = new Float32Array(totalSize(slots));
    for (const [index, slot] of slots.entries()) {
      vector.set(initialize(slot.initializer, slot.shape, stream(seed, purpose, index)), slot.offset);
    }
    return vector;
  };
  return { trainable: fill(layout.trainable, 'weights'), fixed: fill(layout.fixed, 'fixed weights') };
}

/** The vectors taken apart, as a `KerasModel` holds them. The data is copied. */
export function toTensors(layout: ParameterLayout, parameters: Parameters): Map<string, Tensor> {
  const take = (slots: readonly Slot[], vector: Float32Array) =>
    slots.map(({ key, shape, size, offset }) => [key, { shape, data: vector.slice(offset, offset + size) }] as const);
  return new Map([...take(layout.trainable, parameters.trainable), ...take(layout.fixed, parameters.fixed)]);
}

/** The reverse of `toTensors`. @throws FreezeframeError `weights-mismatch` */
export function fromTensors(layout: ParameterLayout, tensors: ReadonlyMap<string, Tensor>): Parameters {
  const put = (slots: readonly Slot[]) => {
    const vector = new Float32Array(totalSize(slots));
    for (const { key, shape, size, offset } of slots) {
      const tensor = tensors.get(key);
      if (tensor?.data.length !== size) {
        const received = tensor ? [...tensor.shape] : undefined;
        throw new FreezeframeError('weights-mismatch', expected(`shape [${shape}]`, `weight ${key}`, received));
      }
      vector.set(tensor.data, offset);
    }
    return vector;
  };
  return { trainable: put(layout.trainable), fixed: put(layout.fixed) };
}
