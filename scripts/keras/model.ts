import type { Writer } from './written-by.ts';

/** A tensor at rest: row-major float32 in Keras's own axis order (channels last, kernels `[height, width, in, out]`). */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A shape in Keras's axis order. The batch axis comes first and is `null`, as is any axis whose size is not fixed. */
export type Shape = readonly (number | null)[];

/** One layer of a Keras config, as Keras writes it: `{ class_name, config: { name, ... } }`. */
export interface LayerConfig {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Functional models only, in Keras 2 or Keras 3 form. */
  readonly inbound_nodes?: unknown;
  readonly name?: string;
  /** Keras 3: where the class is from. It tells operators (`keras.src.ops.numpy`) from layers of the same name. */
  readonly module?: string | undefined;
  /** Keras 3: `package>Class` of somebody's own class. */
  readonly registered_name?: unknown;
}

/**
 * The one representation between everything that makes a model (training, each importer) and everything that uses one
 * (the converter, the verifier): Keras's own config, and its weights by name.
 */
export interface KerasModel {
  /** `class_name` is `Sequential`, `Functional` or `Model` (Keras 2's word for Functional). */
  readonly config: {
    readonly class_name: string;
    readonly config: Readonly<Record<string, unknown>>;
    /** Which Keras wrote it: some layers go by other rules in another. */
    readonly writer?: Writer;
  };
  /** `<layer name>/<weight name>` (nested models: `<model>/<layer>/<weight>`), e.g. `conv2d/kernel`, `batch_normalization/moving_mean`. */
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** A weight that a layer has. */
export interface WeightSpec {
  /** Keras's own name: `kernel`, `bias`, `gamma`, `moving_mean`... */
  readonly name: string;
  /** In Keras's axis order. */
  readonly shape: readonly number[];
  /** False for statistics that training tracks without a gradient. */
  readonly trainable: boolean;
  /** Made trainable and frozen since, as a kernel under LoRA: Keras lists it among the trainable ones of its layer. */
  readonly frozenLater?: true;
  /** Keras's initializer as the config gives it: a name (`glorot_uniform`) or `{ class_name, config }`. */
  readonly initializer: unknown;
}
