import { type Call, channelsFirst, type LayerFunction, maskOf, type Rule, rules, sizesIn } from '../call.ts';
import {
  concat,
  type Doubles,
  divide,
  expand,
  largestOf,
  meanOf,
  multiply,
  reduce,
  sizeOf,
  slice,
  sumOf,
} from '../doubles.ts';
import { type AxisWindow, onVolumes, rankOf, type Triple, type Volumes, windowsOf } from '../spatial.ts';

/** The largest or the mean of the cells that a window covers: padding is neither counted nor compared. */
export function pool(x: Volumes, windows: Triple<AxisWindow>, kind: 'max' | 'average'): Volumes {
  const [batch, depth, height, width, channels] = x.shape;
  const [deep, high, wide] = windows;
  const shape = [batch, deep.count, high.count, wide.count, channels] as const;
  const data = new Float64Array(sizeOf(shape));
  if (kind === 'max') data.fill(Number.NEGATIVE_INFINITY);
  const places = deep.count * high.count * wide.count;
  for (let at = 0; at < batch * places; at++) {
    const place = at % places;
    const sample = Math.floor(at / places);
    const zs = covered(deep, Math.floor(place / (high.count * wide.count)), depth);
    const ys = covered(high, Math.floor(place / wide.count) % high.count, height);
    const xs = covered(wide, place % wide.count, width);
    const to = at * channels;
    for (const z of zs) {
      for (const y of ys) {
        for (const cell of xs) {
          const from = (((sample * depth + z) * height + y) * width + cell) * channels;
          for (let c = 0; c < channels; c++) {
            const next = x.data[from + c] as number;
            const now = data[to + c] as number;
            data[to + c] = kind === 'max' ? Math.max(now, next) : now + next;
          }
        }
      }
    }
    const count = zs.length * ys.length * xs.length;
    if (kind === 'average') for (let c = 0; c < channels; c++) data[to + c] = (data[to + c] as number) / count;
  }
  return { shape, data };
}

function covered(window: AxisWindow, index: number, size: number): number[] {
  const first = index * window.stride - window.before;
  return Array.from({ length: window.size }, (_, i) => first + i * window.dilation).filter((i) => i >= 0 && i < size);
}

function pooling(kind: 'max' | 'average'): LayerFunction {
  return (x, call) => {
    const rank = rankOf(call);
    const sizes = sizesIn(call.options, 'pool_size', rank, 2);
    // Without strides the windows do not overlap.
    const options = { ...call.options, strides: call.options.strides ?? sizes, dilation_rate: 1 };
    return onVolumes(x, rank, options, (volumes) => pool(volumes, windowsOf(volumes, rank, options, sizes), kind));
  };
}

function axesOfPicture(x: Doubles, call: Call): number[] {
  const first = channelsFirst(call.options) ? 2 : 1;
  return Array.from({ length: x.shape.length - 2 }, (_, i) => i + first);
}

const globalMax: LayerFunction = (x, call) =>
  reduce(x, axesOfPicture(x, call), call.options.keepdims === true, largestOf);

/** Steps that do not count are left out of a sequence's mean. */
const globalAverage: LayerFunction = (x, call) => {
  const axes = axesOfPicture(x, call);
  const keep = call.options.keepdims === true;
  const mask = rankOf(call) === 1 ? maskOf(x, call) : undefined;
  if (!mask) return reduce(x, axes, keep, meanOf);
  const counted = expand(mask, channelsFirst(call.options) ? 1 : 2);
  return divide(reduce(multiply(x, counted), axes, keep, sumOf), reduce(counted, axes, keep, sumOf));
};

/** As many windows as the output is long, from floor(i n / m) to ceil((i + 1) n / m); axis by axis. */
function adaptive(fold: (row: Float64Array) => number): LayerFunction {
  return (x, call) => {
    const rank = rankOf(call);
    const first = channelsFirst(call.options) ? 2 : 1;
    return sizesIn(call.options, 'output_size', rank).reduce((answer, size, i) => {
      const axis = first + i;
      const from = answer.shape[axis] as number;
      const parts = Array.from({ length: size }, (_, o) => {
        const start = Math.floor((o * from) / size);
        const end = Math.ceil(((o + 1) * from) / size);
        return reduce(slice(answer, axis, start, end - start), [axis], true, fold);
      });
      return concat(parts, axis);
    }, x);
  };
}

const RANKS = ['1D', '2D', '3D'];

function named(prefix: string, layer: LayerFunction): Record<string, Rule> {
  return rules(Object.fromEntries(RANKS.map((rank) => [prefix + rank, layer])));
}

export const POOLINGS: Record<string, Rule> = {
  ...named('MaxPooling', pooling('max')),
  ...named('AveragePooling', pooling('average')),
  ...named('GlobalMaxPooling', globalMax),
  ...named('GlobalAveragePooling', globalAverage),
  ...named('AdaptiveMaxPooling', adaptive(largestOf)),
  ...named('AdaptiveAveragePooling', adaptive(meanOf)),
  ...named('MaxPool', pooling('max')),
  ...named('AvgPool', pooling('average')),
  ...named('GlobalMaxPool', globalMax),
  ...named('GlobalAvgPool', globalAverage),
};
