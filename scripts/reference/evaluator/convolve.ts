import { sizeOf, wrong } from './doubles.ts';
import { product } from './matrix.ts';
import type { AxisWindow, Triple, Volumes } from './spatial.ts';

/** [...window, channels, filters], in single precision as weights are stored or in double as it was computed. */
export interface Kernel {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Places of a picture that are gathered and multiplied at once: their patches stay in the processor's cache. */
const PLACES = 96;

/** answer[o] = sum over the window's cells and channels of input x kernel; `groups` split the channels. */
export function convolve(x: Volumes, kernel: Kernel, windows: Triple<AxisWindow>, groups: number): Volumes {
  const [batch, depth, height, width, channels] = x.shape;
  const filters = kernel.shape.at(-1) as number;
  const [deep, high, wide] = windows;
  const shape = [batch, deep.count, high.count, wide.count, filters] as const;
  const data = new Float64Array(sizeOf(shape));
  const answer = { shape, data };
  const places = deep.count * high.count * wide.count;
  const [part, share] = [channels / groups, filters / groups];
  if ((kernel.shape.at(-2) as number) !== part) throw wrong(`${part} channels`, 'a kernel', kernel.shape);
  const inner = deep.size * high.size * wide.size * part;
  if (inner === channels && [deep, high, wide].every((w) => w.stride === 1) && groups === 1) {
    product(x.data, kernel.data, data, { rows: batch * places, inner, columns: filters });
    return answer;
  }
  const patches = new Float64Array(Math.min(PLACES, places) * inner);
  for (let group = 0; group < groups; group++) {
    const columns = columnsOf(kernel.data, inner, filters, group * share, share);
    for (let sample = 0; sample < batch; sample++) {
      for (let first = 0; first < places; first += PLACES) {
        const rows = Math.min(PLACES, places - first);
        patches.fill(0);
        for (let row = 0; row < rows; row++) {
          const place = first + row;
          const z0 = Math.floor(place / (high.count * wide.count)) * deep.stride - deep.before;
          const y0 = (Math.floor(place / wide.count) % high.count) * high.stride - high.before;
          const x0 = (place % wide.count) * wide.stride - wide.before;
          let to = row * inner;
          for (let i = 0, z = z0; i < deep.size; i++, z += deep.dilation) {
            for (let j = 0, y = y0; j < high.size; j++, y += high.dilation) {
              const inside = z >= 0 && z < depth && y >= 0 && y < height;
              for (let k = 0, at = x0; k < wide.size; k++, at += wide.dilation, to += part) {
                if (!inside || at < 0 || at >= width) continue;
                const from = (((sample * depth + z) * height + y) * width + at) * channels + group * part;
                for (let c = 0; c < part; c++) patches[to + c] = x.data[from + c] as number;
              }
            }
          }
        }
        const offset = (sample * places + first) * filters + group * share;
        product(patches, columns, data, { rows, inner, columns: share, stride: filters, offset });
      }
    }
  }
  return answer;
}

function columnsOf(data: Kernel['data'], rows: number, stride: number, first: number, count: number): Kernel['data'] {
  if (count === stride) return data;
  const columns = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    columns.set(data.subarray(row * stride + first, row * stride + first + count), row * count);
  }
  return columns;
}

/** Each channel has `multiplier` kernels of its own: [...window, channels, multiplier]. */
export function convolveDepthwise(x: Volumes, kernel: Kernel, windows: Triple<AxisWindow>): Volumes {
  const [batch, depth, height, width, channels] = x.shape;
  const multiplier = kernel.shape.at(-1) as number;
  const [deep, high, wide] = windows;
  const filters = channels * multiplier;
  const weights = Float64Array.from(kernel.data);
  const shape = [batch, deep.count, high.count, wide.count, filters] as const;
  const data = new Float64Array(sizeOf(shape));
  let to = 0;
  for (let sample = 0; sample < batch; sample++) {
    for (let o = 0; o < deep.count; o++) {
      for (let p = 0; p < high.count; p++) {
        for (let q = 0; q < wide.count; q++, to += filters) {
          for (let i = 0; i < deep.size; i++) {
            const z = o * deep.stride - deep.before + i * deep.dilation;
            for (let j = 0; j < high.size; j++) {
              const y = p * high.stride - high.before + j * high.dilation;
              if (z < 0 || z >= depth || y < 0 || y >= height) continue;
              for (let k = 0; k < wide.size; k++) {
                const at = q * wide.stride - wide.before + k * wide.dilation;
                if (at < 0 || at >= width) continue;
                const from = (((sample * depth + z) * height + y) * width + at) * channels;
                const weight = ((i * high.size + j) * wide.size + k) * filters;
                if (multiplier === 1) addProducts(data, to, x.data, from, weights, weight, channels);
                else {
                  for (let f = 0; f < filters; f++) {
                    (data[to + f] as number) +=
                      (x.data[from + Math.floor(f / multiplier)] as number) * (weights[weight + f] as number);
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  return { shape, data };
}

function addProducts(
  sums: Float64Array,
  to: number,
  x: Float64Array,
  from: number,
  weights: Float64Array,
  weight: number,
  count: number,
): void {
  for (let c = 0; c < count; c++) {
    sums[to + c] = (sums[to + c] as number) + (x[from + c] as number) * (weights[weight + c] as number);
  }
}

/** The gradient of a convolution: every input cell is spread over the cells that its window covers. Kernel [..., out, in]. */
export function convolveTransposed(
  x: Volumes,
  kernel: Kernel,
  windows: Triple<Omit<AxisWindow, 'count'> & { length: number }>,
): Volumes {
  const [batch, depth, height, width, channels] = x.shape;
  const filters = kernel.shape.at(-2) as number;
  const [deep, high, wide] = windows;
  const weights = Float64Array.from(kernel.data);
  const shape = [batch, deep.length, high.length, wide.length, filters] as const;
  const data = new Float64Array(sizeOf(shape));
  for (let place = 0; place < batch * depth * height * width; place++) {
    const sample = Math.floor(place / (depth * height * width));
    const z0 = (Math.floor(place / (height * width)) % depth) * deep.stride - deep.before;
    const y0 = (Math.floor(place / width) % height) * high.stride - high.before;
    const x0 = (place % width) * wide.stride - wide.before;
    for (let cell = 0; cell < deep.size * high.size * wide.size; cell++) {
      const z = z0 + Math.floor(cell / (high.size * wide.size)) * deep.dilation;
      const y = y0 + (Math.floor(cell / wide.size) % high.size) * high.dilation;
      const at = x0 + (cell % wide.size) * wide.dilation;
      if (z < 0 || z >= deep.length || y < 0 || y >= high.length || at < 0 || at >= wide.length) continue;
      const to = (((sample * deep.length + z) * high.length + y) * wide.length + at) * filters;
      for (let f = 0; f < filters; f++) {
        const weight = (cell * filters + f) * channels;
        let sum = 0;
        for (let c = 0; c < channels; c++) {
          sum += (x.data[place * channels + c] as number) * (weights[weight + c] as number);
        }
        (data[to + f] as number) += sum;
      }
    }
  }
  return { shape, data };
}
