import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Random } from '#system';

type Options = Readonly<Record<string, unknown>>;
type Fill = (shape: readonly number[], random: Random, options: Options) => Float32Array;

/** How many inputs and outputs a weight joins, as Keras counts them. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const receptive = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { fanIn: (shape.at(-2) as number) * receptive, fanOut: (shape.at(-1) as number) * receptive };
}

function make(shape: readonly number[], value: () => number): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, value);
}

/** Normal, redrawn beyond two deviations. */
function truncated(random: Random): number {
  for (;;) {
    const value = random.normal();
    if (Math.abs(value) <= 2) return value;
  }
}

function varianceScaling(scale: number, mode: 'fan_in' | 'fan_out' | 'fan_avg', distribution: string): Fill {
  return (shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    const fan = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[mode];
    const variance = scale / Math.max(1, fan);
    if (distribution === 'uniform') {
      const limit = Math.sqrt(3 * variance);
      return make(shape, () => random.between(-limit, limit));
    }
    if (distribution === 'untruncated_normal') return make(shape, () => Math.sqrt(variance) * random.normal());
    // 0.87962566 is the deviation of a standard normal cut at two: Keras divides by it to keep the variance.
    const deviation = Math.sqrt(variance) / 0.87962566103423978;
    return make(shape, () => deviation * truncated(random));
  };
}

const numberOf = (options: Options, name: string, fallback: number) =>
  typeof options[name] === 'number' ? (options[name] as number) : fallback;

/** Keras's initializers by their snake-case names. */
const INITIALIZERS: Readonly<Record<string, Fill>> = {
  zeros: (shape) => make(shape, () => 0),
  ones: (shape) => make(shape, () => 1),
  constant: (shape, _, options) => make(shape, () => numberOf(options, 'value', 0)),
  glorot_uniform: varianceScaling(1, 'fan_avg', 'uniform'),
  glorot_normal: varianceScaling(1, 'fan_avg', 'truncated_normal'),
  he_uniform: varianceScaling(2, 'fan_in', 'uniform'),
  he_normal: varianceScaling(2, 'fan_in', 'truncated_normal'),
  lecun_uniform: varianceScaling(1, 'fan_in', 'uniform'),
  lecun_normal: varianceScaling(1, 'fan_in', 'truncated_normal'),
  variance_scaling: (shape, random, options) =>
    varianceScaling(
      numberOf(options, 'scale', 1),
      (options.mode as 'fan_in' | undefined) ?? 'fan_in',
      String(options.distribution ?? 'truncated_normal'),
    )(shape, random, options),
  random_uniform: (shape, random, options) =>
    make(shape, () => random.between(numberOf(options, 'minval', -0.05), numberOf(options, 'maxval', 0.05))),
  random_normal: (shape, random, options) =>
    make(shape, () => numberOf(options, 'mean', 0) + numberOf(options, 'stddev', 0.05) * random.normal()),
  truncated_normal: (shape, random, options) =>
    make(shape, () => numberOf(options, 'mean', 0) + numberOf(options, 'stddev', 0.05) * truncated(random)),
};

/**
 * First values of a weight.
 * @param initializer as a Keras config gives it: `glorot_uniform`, `GlorotUniform` or `{ class_name, config }`.
 * @throws FreezeframeError `unsupported-initializer`
 */
export function initialize(initializer: unknown, shape: readonly number[], random: Random): Float32Array {
  const object = typeof initializer === 'object' && initializer !== null ? (initializer as Options) : {};
  const name = String(object.class_name ?? initializer);
  const snake = name.replace(/(?<=[a-z])([A-Z])/g, '_$1').toLowerCase();
  const fill = Object.hasOwn(INITIALIZERS, snake) ? INITIALIZERS[snake] : undefined;
  if (!fill) {
    throw new FreezeframeError(
      'unsupported-initializer',
      expected(`one of ${Object.keys(INITIALIZERS).join(', ')}`, 'an initializer', name),
      { remedy: 'Choose one of these in the architecture, or add it to scripts/train/step/initializers.ts.' },
    );
  }
  return fill(shape, random, (object.config as Options | undefined) ?? {});
}
