import type { KerasModel } from '#keras';
import type { AugmentOptions } from '../batches/augment.ts';
import type { Schedule } from '../schedule.ts';

/** What a data set asks of a model. */
export interface ArchitectureInput {
  /** Without the batch axis: `[height, width, channels]` or `[features]`. */
  readonly shape: readonly number[];
  /** Classes to tell apart, or numbers to answer. */
  readonly outputs: number;
}

/** How an architecture is trained unless the command line says otherwise. */
interface TrainingDefaults {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** How the rate falls, along half a cosine unless it says otherwise. */
  readonly schedule?: Schedule;
  /** Epochs without a better validation result after which training ends. */
  readonly patience: number;
  /** Decay of an average of the weights, see `trainer/averaged-weights.ts`. Left out: no average. */
  readonly averaging?: number;
  /** Which epoch's model is kept: the one that did best on the validation samples, unless it says otherwise. */
  readonly keep?: 'last';
}

/** A model to train: a Keras config that Keras and TensorFlow.js Layers load as it is. */
export interface Architecture {
  readonly name: string;
  readonly summary: string;
  readonly data: 'pictures' | 'table';
  readonly defaults: TrainingDefaults;
  /** What differs where there are so few samples that the defaults take too few steps. */
  few?(samples: number): Partial<TrainingDefaults>;
  /** What differs where there are so few epochs that a schedule has to hurry. */
  short?(epochs: number): Partial<TrainingDefaults>;
  /** What may be done to training pictures; a data set may forbid parts of it. */
  readonly augment?: AugmentOptions;
  /** @throws FreezeframeError `architecture-mismatch` when pictures are too small */
  config(input: ArchitectureInput): KerasModel['config'];
}

/** The defaults of small grey pictures are those of 60,000 digits: 3,000 steps. 1,600 digits got 71 of them. */
const MANY = 10_000;
/** Samples that all epochs go through. */
const PASSES = 100_000;

/** More epochs, of smaller batches, where there are few samples. */
export function moreSteps(samples: number): Partial<TrainingDefaults> {
  if (samples >= MANY) return {};
  return { epochs: Math.min(40, Math.round(PASSES / samples)), batchSize: 32, patience: 10 };
}

type Entry = readonly [className: string, config: Readonly<Record<string, unknown>>];

export const RELU: Entry = ['Activation', { activation: 'relu' }];
/** Halves the picture. */
export const POOL: Entry = ['MaxPooling2D', { pool_size: [2, 2], strides: [2, 2], padding: 'valid' }];
export const NORMALISATION: Entry = ['BatchNormalization', { momentum: 0.9, epsilon: 0.001 }];

/** A convolution before a normalisation, whose beta is the bias. */
export function bareConvolution(filters: number, size: number, padding: 'same' | 'valid' = 'valid'): Entry {
  const options = { filters, kernel_size: [size, size], padding, use_bias: false, kernel_initializer: 'he_normal' };
  return ['Conv2D', options];
}

/** A Sequential config whose layers are named as Keras names them: `conv2d`, `conv2d_1`... */
export function sequential(
  name: string,
  inputShape: readonly number[],
  layers: readonly Entry[],
): KerasModel['config'] {
  const used = new Map<string, number>();
  const named = layers.map(([className, config]) => {
    const base = snake(className);
    const count = used.get(base) ?? 0;
    used.set(base, count + 1);
    return { class_name: className, config: { name: count === 0 ? base : `${base}_${count}`, ...config } };
  });
  const input = {
    class_name: 'InputLayer',
    config: { name: 'input', batch_input_shape: [null, ...inputShape], dtype: 'float32', sparse: false },
  };
  return { class_name: 'Sequential', config: { name, layers: [input, ...named] } };
}

/** `Conv2D` is `conv2d`, `BatchNormalization` is `batch_normalization`, `MaxPooling2D` is `max_pooling2d`. */
function snake(className: string): string {
  return className.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}
