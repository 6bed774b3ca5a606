import { type Call, numberIn, type Options, rules } from '../call.ts';
import {
  axesOf,
  binary,
  broadcastTo,
  type Doubles,
  divide,
  doubles,
  isDoubles,
  largestOf,
  map,
  multiply,
  reduce,
  slice,
  subtract,
  sumOf,
  where,
  wrong,
} from '../doubles.ts';

export const sigmoid = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
const hardSigmoid = (x: number) => clamp(x / 6 + 0.5, 0, 1);

/** The error function to 1e-15: its series where that converges, the continued fraction of erfc beyond. */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let [term, sum] = [z, z];
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= -(z * z) / n;
      sum += term / (2 * n + 1);
      if (n > 200) break;
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / ((z + fraction) * Math.sqrt(Math.PI)));
}

function gelu(x: number, approximate: boolean): number {
  if (approximate) return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  return 0.5 * x * (1 + erf(x / Math.SQRT2));
}

function elu(x: number, alpha: number): number {
  return x > 0 ? x : alpha * Math.expm1(x);
}

const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };

type Scalar = (x: number, o: Options) => number;

/**
 * Element by element, with the defaults of `keras.activations` (the options are those of the operators and of the
 * layers of the same name).
 */
export const SCALARS: Readonly<Record<string, Scalar>> = {
  linear: (x) => x,
  relu6: (x) => clamp(x, 0, 6),
  leaky_relu: (x, o) => (x >= 0 ? x : numberIn(o, 'negative_slope', 0.2) * x),
  elu: (x, o) => elu(x, numberIn(o, 'alpha', 1)),
  selu: (x) => SELU.scale * elu(x, SELU.alpha),
  celu: (x, o) => Math.max(x, 0) + Math.min(0, numberIn(o, 'alpha', 1) * Math.expm1(x / numberIn(o, 'alpha', 1))),
  gelu: (x, o) => gelu(x, o.approximate === true),
  silu: (x) => x * sigmoid(x),
  swish: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(softplus(x)),
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  sigmoid,
  log_sigmoid: (x) => -softplus(-x),
  hard_sigmoid: hardSigmoid,
  // Keras 2 meant another function by `hard_sigmoid`.
  hard_sigmoid_keras2: (x) => clamp(0.2 * x + 0.5, 0, 1),
  hard_silu: (x) => x * hardSigmoid(x),
  hard_swish: (x) => x * hardSigmoid(x),
  hard_tanh: (x) => clamp(x, -1, 1),
  hard_shrink: (x, o) => (Math.abs(x) > numberIn(o, 'threshold', 0.5) ? x : 0),
  soft_shrink: (x, o) => Math.sign(x) * Math.max(0, Math.abs(x) - numberIn(o, 'threshold', 0.5)),
  tanh_shrink: (x) => x - Math.tanh(x),
  threshold: (x, o) => (x > numberIn(o, 'threshold') ? x : numberIn(o, 'default_value', numberIn(o, 'value', 0))),
  squareplus: (x, o) => (x + Math.sqrt(x * x + numberIn(o, 'b', 4))) / 2,
  sparse_plus: (x) => (x <= -1 ? 0 : x < 1 ? (x + 1) ** 2 / 4 : x),
  sparse_sigmoid: (x) => clamp((x + 1) / 2, 0, 1),
  tanh: Math.tanh,
  exponential: Math.exp,
  exp: Math.exp,
};

/** f(x) = max_value for x >= max_value, x for threshold <= x, negative_slope (x - threshold) otherwise. */
function reluOf(x: Doubles, o: Options): Doubles {
  const threshold = numberIn(o, 'threshold', 0);
  const most = numberIn(o, 'max_value', Number.POSITIVE_INFINITY);
  const slope = numberIn(o, 'negative_slope', 0);
  return map(x, (element) => {
    if (element >= most) return most;
    if (element < threshold) return slope === 0 ? 0 : slope * (element - threshold);
    return element;
  });
}

export function softmax(x: Doubles, axes: readonly number[]): Doubles {
  const powers = map(subtract(x, reduce(x, axes, true, largestOf)), Math.exp);
  return divide(powers, reduce(powers, axes, true, sumOf));
}

export function logSoftmax(x: Doubles, axes: readonly number[]): Doubles {
  const shifted = subtract(x, reduce(x, axes, true, largestOf));
  const sums = reduce(map(shifted, Math.exp), axes, true, sumOf);
  return subtract(shifted, map(sums, Math.log));
}

/** Scores of steps that do not count are -infinity: they get nothing, and where no step counts all get the same. */
export function maskedSoftmax(x: Doubles, mask: Doubles | undefined, axes: readonly number[]): Doubles {
  if (!mask) return softmax(x, axes);
  return softmax(where(mask, x, broadcastTo(doubles([], [-1e30]), x.shape)), axes);
}

/**
 * `sparsemax` as Keras 3 computes it: its threshold takes all running sums of the support where Martins & Astudillo
 * (2016) take the last one alone (`keras/src/backend/tensorflow/nn.py`).
 */
function sparsemax(x: Doubles, axis: number): Doubles {
  const thresholds = reduce(x, [axis], true, (row) => {
    const sorted = row.toSorted().toReversed();
    let [sum, sums, count] = [0, 0, 0];
    for (const [i, z] of sorted.entries()) {
      sum += z;
      if (z - (sum - 1) / (i + 1) <= 0) continue;
      sums += sum;
      count += 1;
    }
    return (sums - 1) / count;
  });
  return binary(x, thresholds, (z, threshold) => Math.max(0, z - threshold));
}

/** The two halves along an axis, the first times the sigmoid of the second. */
function glu(x: Doubles, axis: number): Doubles {
  const half = (x.shape[axis] as number) / 2;
  return multiply(slice(x, axis, 0, half), map(slice(x, axis, half, half), sigmoid));
}

const along = (x: Doubles, o: Options) => axesOf(o.axis ?? -1, x.shape.length);

/** Functions of whole tensors. */
export const VECTORS: Readonly<Record<string, (x: Doubles, options: Options) => Doubles>> = {
  relu: reluOf,
  softmax: (x, o) => softmax(x, along(x, o)),
  log_softmax: (x, o) => logSoftmax(x, along(x, o)),
  sparsemax: (x, o) => sparsemax(x, along(x, o)[0] as number),
  glu: (x, o) => glu(x, along(x, o)[0] as number),
};

export function activation(name: string, x: Doubles, options: Options = {}): Doubles {
  const vector = VECTORS[name];
  if (vector) return vector(x, options);
  const scalar = SCALARS[name];
  if (!scalar) throw wrong('an activation of Keras', 'option activation', name);
  return map(x, (element) => scalar(element, options));
}

/** The activation that a config names: text, `{ config: text }`, or a layer without weights. */
export function activate(x: Doubles, spec: unknown, call: Call): Doubles {
  if (spec === null || spec === undefined || spec === 'linear') return x;
  if (typeof spec === 'string') return activation(spec, x);
  const { config, class_name } = spec as { config?: unknown; class_name?: unknown };
  if (typeof config === 'string') return activation(config, x);
  if (typeof class_name !== 'string') throw wrong('an activation', `layer ${call.path}`, spec);
  const layer = { class_name, config: (config ?? {}) as Record<string, unknown> };
  return call.inner(layer, 'activation', [x])[0] as Doubles;
}

function prelu(x: Doubles, call: Call): Doubles {
  const { shape, data } = call.weight('alpha');
  const alpha = broadcastTo({ shape: [1, ...shape], data }, x.shape);
  return binary(x, alpha, (element, slope) => (element > 0 ? element : slope * element));
}

/** Keras 3's names for what Keras 2 calls otherwise. */
function leakyRelu(x: Doubles, { options }: Call): Doubles {
  const slope = numberIn(options, 'negative_slope', numberIn(options, 'alpha', 0.3));
  return map(x, (element) => (element >= 0 ? element : slope * element));
}

function softmaxLayer(x: Doubles, call: Call): Doubles {
  const mask = call.keywords.mask ?? call.args[1];
  const axes = axesOf(call.options.axis ?? -1, x.shape.length);
  return maskedSoftmax(x, isDoubles(mask) ? mask : undefined, axes);
}

export const ACTIVATION_LAYERS = rules(
  {
    Activation: (x, call) => activate(x, call.options.activation, call),
    ReLU: (x, { options }) => reluOf(x, options),
    LeakyReLU: leakyRelu,
    PReLU: prelu,
    ELU: (x, { options }) => map(x, (element) => elu(element, numberIn(options, 'alpha', 1))),
    Softmax: softmaxLayer,
    ThresholdedReLU: (x, { options }) => map(x, (element) => (element > numberIn(options, 'theta', 1) ? element : 0)),
  },
  { keepsMask: true },
);
