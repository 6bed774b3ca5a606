import {
  add,
  axesOf,
  axisOf,
  type Doubles,
  divide,
  map,
  multiply,
  reduce,
  reshape,
  subtract,
  sumOf,
  wrong,
} from '../doubles.ts';
import { logSoftmax } from '../kinds/activations.ts';
import { alongRows, built, cellOf } from './cells.ts';
import { type Given, type Operator, on, onTensor } from './given.ts';

const meanOver = (x: Doubles, axes: readonly number[]) => reduce(x, axes, true, (row) => sumOf(row) / row.length);

/** A vector along axes of a tensor. */
const lined = (vector: Doubles, x: Doubles, axes: readonly number[]) =>
  reshape(
    vector,
    x.shape.map((size, i) => (axes.includes(i) ? size : 1)),
  );

export function normalized(
  x: Doubles,
  mean: Doubles,
  variance: Doubles,
  epsilon: number,
  scale?: Doubles,
  offset?: Doubles,
) {
  const even = divide(
    subtract(x, mean),
    map(variance, (v) => Math.sqrt(v + epsilon)),
  );
  const scaled = scale ? multiply(even, scale) : even;
  return offset ? add(scaled, offset) : scaled;
}

function layerNorm(g: Given, root: boolean): Doubles {
  const x = g.tensor('x');
  const axes = g.axes(x, -1);
  const of = (name: string) => (g.get(name) === null ? undefined : lined(g.tensor(name), x, axes));
  const mean = root ? map(meanOver(x, axes), () => 0) : meanOver(x, axes);
  const gap = subtract(x, mean);
  return normalized(
    x,
    mean,
    meanOver(multiply(gap, gap), axes),
    g.number('epsilon', 1e-7),
    of(root ? 'scale' : 'gamma'),
    of('beta'),
  );
}

const inside = (p: number) => Math.min(Math.max(p, 1e-7), 1 - 1e-7);

/** The loss of each class's logarithm, where the target says how much it counts. */
function crossentropy(g: Given, weigh: (logs: Doubles, axis: number) => Doubles, evened: boolean): Doubles {
  const output = g.tensor('output');
  const axis = axisOf(g.number('axis', -1), output.shape.length);
  if (g.flag('from_logits')) return weigh(logSoftmax(output, [axis]), axis);
  if (!evened)
    return weigh(
      logSoftmax(
        map(output, (p) => Math.log(inside(p))),
        [axis],
      ),
      axis,
    );
  const shares = divide(output, reduce(output, [axis], true, sumOf));
  return weigh(
    map(shares, (p) => Math.log(inside(p))),
    axis,
  );
}

/** What layers are made of, by the class names of `keras.ops.nn`. */
export const NEURAL: Readonly<Record<string, Operator>> = {
  BatchNorm: onTensor(['x', 'mean', 'variance', 'offset', 'scale', 'axis', 'epsilon'], (x, g) => {
    const axes = g.axes(x, -1);
    const of = (name: string) => (g.get(name) === null ? undefined : lined(g.tensor(name), x, axes));
    return normalized(
      x,
      of('mean') as Doubles,
      of('variance') as Doubles,
      g.number('epsilon', 1e-3),
      of('scale'),
      of('offset'),
    );
  }),
  LayerNorm: on(['x', 'gamma', 'beta', 'axis', 'epsilon', 'rms_scaling'], (g) => {
    if (g.flag('rms_scaling')) throw wrong('false', 'argument rms_scaling', true);
    return layerNorm(g, false);
  }),
  RMSNorm: on(['x', 'scale', 'axis', 'epsilon'], (g) => layerNorm(g, true)),
  BinaryCrossentropy: on(['target', 'output', 'from_logits'], (g) => {
    const output = g.tensor('output');
    const p = g.flag('from_logits') ? map(output, (x) => 1 / (1 + Math.exp(-x))) : map(output, inside);
    return built(output.shape, (index) => {
      const [target, share] = [cellOf(g.tensor('target'), index), cellOf(p, index)];
      return -(target * Math.log(share) + (1 - target) * Math.log(1 - share));
    });
  }),
  CategoricalCrossentropy: on(['target', 'output', 'from_logits', 'axis'], (g) =>
    crossentropy(
      g,
      (logs, axis) => map(reduce(multiply(logs, g.tensor('target')), [axis], false, sumOf), (x) => -x),
      true,
    ),
  ),
  SparseCategoricalCrossentropy: onTensor(['target', 'output', 'from_logits', 'axis'], (x, g) => {
    const targets = x;
    return crossentropy(
      g,
      (logs) => {
        const places = reshape(targets, logs.shape.slice(0, -1));
        return built(places.shape, (index) => -cellOf(logs, [...index, cellOf(places, index)]));
      },
      false,
    );
  }),
  PSNR: onTensor(['x1', 'x2', 'max_val'], (x, g) => {
    const gap = subtract(x, g.tensor('x2'));
    const error = reduce(multiply(gap, gap), axesOf(null, gap.shape.length), false, (row) => sumOf(row) / row.length);
    return map(error, (mse) => 20 * Math.log10(g.number('max_val')) - 10 * Math.log10(mse));
  }),
};

/** `tf.nn.local_response_normalization`. */
export function responseNormalized(x: Doubles, radius: number, bias: number, alpha: number, beta: number): Doubles {
  return alongRows(x, -1, (row) =>
    row.map((value, i) => {
      const around = row.subarray(Math.max(0, i - radius), i + radius + 1);
      return value / (bias + alpha * sumOf(around.map((v) => v * v))) ** beta;
    }),
  );
}
