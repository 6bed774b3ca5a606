import { type Call, numberIn, rules } from '../call.ts';
import {
  add,
  axesOf,
  axisOf,
  binary,
  type Doubles,
  divide,
  map,
  meanOf,
  multiply,
  nested,
  reduce,
  reshape,
  subtract,
  sumOf,
  varianceOf,
} from '../doubles.ts';

/** A weight with its axes where the input has them, 1 elsewhere. */
function aligned(weight: Doubles, x: Doubles, axes: readonly number[]): Doubles {
  const sorted = axes.toSorted((a, b) => a - b);
  if (weight.data.length === 1) return reshape(weight, []);
  return reshape(
    weight,
    x.shape.map((_, i) => (sorted.includes(i) ? (weight.shape[sorted.indexOf(i)] as number) : 1)),
  );
}

function scaled(x: Doubles, call: Call, axes: readonly number[], source = x): Doubles {
  const { scale = true, center = true } = call.options;
  const grown = scale === false ? x : multiply(x, aligned(call.weight('gamma'), source, axes));
  return center === false ? grown : add(grown, aligned(call.weight('beta'), source, axes));
}

/** (x - mean) / sqrt(variance + epsilon), the square root's denominator in full. */
function standardized(x: Doubles, mean: Doubles, variance: Doubles, epsilon: number): Doubles {
  return binary(
    subtract(x, mean),
    map(variance, (v) => Math.sqrt(v + epsilon)),
    (a, b) => a / b,
  );
}

function batchNormalization(x: Doubles, call: Call): Doubles {
  const axes = axesOf(call.options.axis ?? -1, x.shape.length);
  const [mean, variance] = ['moving_mean', 'moving_variance'].map((name) => aligned(call.weight(name), x, axes));
  const normal = standardized(x, mean as Doubles, variance as Doubles, numberIn(call.options, 'epsilon', 1e-3));
  return scaled(normal, call, axes, x);
}

function layerNormalization(x: Doubles, call: Call): Doubles {
  const axes = axesOf(call.options.axis ?? -1, x.shape.length);
  const epsilon = numberIn(call.options, 'epsilon', 1e-3);
  const variance = reduce(x, axes, true, varianceOf);
  if (call.options.rms_scaling === true) {
    const rooted = map(variance, (v) => Math.sqrt(v + epsilon));
    return multiply(divide(x, rooted), aligned(call.weight('gamma'), x, axes));
  }
  return scaled(standardized(x, reduce(x, axes, true, meanOf), variance, epsilon), call, axes, x);
}

function groupNormalization(x: Doubles, call: Call): Doubles {
  const axis = axisOf(numberIn(call.options, 'axis', -1), x.shape.length);
  const channels = x.shape[axis] as number;
  const given = numberIn(call.options, 'groups', 32);
  const groups = given === -1 ? channels : given;
  const split = reshape(x, [...x.shape.slice(0, axis), groups, channels / groups, ...x.shape.slice(axis + 1)]);
  const axes = split.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  const epsilon = numberIn(call.options, 'epsilon', 1e-3);
  const normal = standardized(split, reduce(split, axes, true, meanOf), reduce(split, axes, true, varianceOf), epsilon);
  return scaled(reshape(normal, x.shape), call, [axis], x);
}

/** Divided by its length along the axes. */
export function unit(x: Doubles, axes: readonly number[]): Doubles {
  const length = (row: Float64Array) => Math.sqrt(Math.max(sumOf(row.map((element) => element * element)), 1e-12));
  return divide(x, reduce(x, axes, true, length));
}

function rmsNormalization(x: Doubles, call: Call): Doubles {
  const axes = axesOf(call.options.axis ?? -1, x.shape.length);
  const squares = map(x, (element) => element * element);
  const epsilon = numberIn(call.options, 'epsilon', 1e-6);
  const rooted = map(reduce(squares, axes, true, meanOf), (mean) => Math.sqrt(mean + epsilon));
  return multiply(divide(x, rooted), aligned(call.weight('scale'), x, axes));
}

/** Statistics are weights when they were learned from data, options when they were given. */
function normalization(x: Doubles, call: Call): Doubles {
  const { mean, variance, axis } = call.options;
  const axes = axis === null ? [] : axesOf(axis ?? -1, x.shape.length);
  const statistic = (name: string, given: unknown): Doubles => {
    if (given === null || given === undefined) return aligned(call.weight(name), x, axes);
    const { shape, data } = nested(given);
    const sorted = axes.toSorted((a, b) => a - b).slice(axes.length - shape.length);
    return shape.length === axes.length || shape.length === 0
      ? aligned({ shape, data }, x, axes)
      : aligned({ shape, data }, x, sorted);
  };
  const middle = statistic('mean', mean);
  const spread = map(statistic('variance', variance), (v) => Math.max(Math.sqrt(v), 1e-7));
  if (call.options.invert === true) return add(middle, multiply(x, spread));
  return divide(subtract(x, middle), spread);
}

function layerScale(x: Doubles, call: Call): Doubles {
  const name = call.has('gamma') ? 'gamma' : 'variable';
  return multiply(x, call.weight(name));
}

const KEEPING = rules(
  {
    BatchNormalization: batchNormalization,
    BatchNormalizationV1: batchNormalization,
    BatchNormalizationV2: batchNormalization,
    SyncBatchNormalization: batchNormalization,
    LayerNormalization: layerNormalization,
    GroupNormalization: groupNormalization,
    UnitNormalization: (x, { options }) => unit(x, axesOf(options.axis ?? -1, x.shape.length)),
  },
  { keepsMask: true },
);

export const NORMALIZATIONS = {
  ...KEEPING,
  ...rules({ Normalization: normalization }, { keepsMask: 'in Keras 3' }),
  ...rules({ RMSNormalization: rmsNormalization, LayerScale: layerScale }),
};
