import { type Attributes, flagOf, numberOf, numbers, textOf } from '#tensorflow';
import { convolve, convolveDepthwise, convolveTransposed } from '../evaluator/convolve.ts';
import { type Doubles, reshape, transpose, wrong } from '../evaluator/doubles.ts';
import { pool } from '../evaluator/kinds/pooling.ts';
import { along, type Taps } from '../evaluator/resize.ts';
import { type AxisWindow, type Triple, triple, type Volumes, windowAlong } from '../evaluator/spatial.ts';

/** TensorFlow writes one number for each of [batch, height, width, channels]. */
function sidesOf(a: Attributes, name: string): [number, number] {
  const [, height = 1, width = 1] = numbers(a, name);
  return [height, width];
}

function picture({ shape, data }: Doubles): Volumes {
  if (shape.length !== 4) throw wrong('[batch, height, width, channels]', 'a picture', shape);
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return { shape: [batch, 1, height, width, channels], data };
}

function flat({ shape: [batch, , ...rest], data }: Volumes): Doubles {
  return { shape: [batch, ...rest], data };
}

/** @param shape of what the windows move over; @param sizes of the windows */
function windowsOf(shape: readonly number[], sizes: readonly number[], a: Attributes): Triple<AxisWindow> {
  const [strides, dilations] = [sidesOf(a, 'strides'), sidesOf(a, 'dilations')];
  const padding = textOf(a, 'padding').toLowerCase();
  const explicit = numbers(a, 'explicit_paddings');
  const sides = [0, 1].map((i) => {
    const [size, stride, dilation] = [sizes[i] as number, strides[i] as number, dilations[i] as number];
    const input = shape[i + 1] as number;
    if (padding !== 'explicit') return windowAlong(input, size, stride, dilation, padding);
    const [before = 0, after = 0] = explicit.slice(2 * (i + 1));
    return { ...windowAlong(input + before + after, size, stride, dilation, 'valid'), before };
  });
  return triple(sides, { size: 1, stride: 1, dilation: 1, before: 0, count: 1 });
}

export function convolution(x: Doubles, kernel: Doubles, a: Attributes): Doubles {
  const groups = (x.shape[3] as number) / (kernel.shape[2] as number);
  return flat(convolve(picture(x), kernel, windowsOf(x.shape, kernel.shape, a), groups));
}

export function depthwiseConvolution(x: Doubles, kernel: Doubles, a: Attributes): Doubles {
  return flat(convolveDepthwise(picture(x), kernel, windowsOf(x.shape, kernel.shape, a)));
}

/** The gradient of a convolution. @param shape of what that convolution would be given */
export function transposedConvolution(x: Doubles, kernel: Doubles, shape: readonly number[], a: Attributes): Doubles {
  const [deep, high, wide] = windowsOf(shape, kernel.shape, a);
  const [, height = 0, width = 0] = shape;
  const windows = [
    { ...deep, length: 1 },
    { ...high, length: height },
    { ...wide, length: width },
  ] as const;
  return flat(convolveTransposed(picture(x), kernel, windows));
}

export function pooled(x: Doubles, kind: 'max' | 'average', a: Attributes): Doubles {
  return flat(pool(picture(x), windowsOf(x.shape, sidesOf(a, 'ksize'), a), kind));
}

/** Where the cells of a resized axis lie in the given one: TensorFlow has three conventions. */
function placesAlong(from: number, to: number, a: Attributes): number[] {
  const corners = flagOf(a, 'align_corners') && to > 1;
  const scale = Math.fround(corners ? (from - 1) / (to - 1) : from / to);
  const half = flagOf(a, 'half_pixel_centers') ? 0.5 : 0;
  return Array.from({ length: to }, (_, i) => Math.fround((i + half) * scale));
}

/** @param taps what a cell takes from where it lies. */
function resized(x: Doubles, sizes: readonly number[], a: Attributes, taps: (place: number, last: number) => Taps) {
  return sizes.reduce((current, to, i) => {
    const from = current.shape[i + 1] as number;
    const all = placesAlong(from, to, a).map((place) => taps(place, from - 1));
    return along(current, i + 1, all);
  }, x);
}

export function resizedBilinear(x: Doubles, sizes: readonly number[], a: Attributes): Doubles {
  const shift = flagOf(a, 'half_pixel_centers') ? 0.5 : 0;
  return resized(x, sizes, a, (place, last) => {
    const low = Math.floor(place - shift);
    const share = place - shift - low;
    const clamp = (cell: number) => Math.min(Math.max(cell, 0), last);
    return { cells: [clamp(low), clamp(low + 1)], weights: [1 - share, share] };
  });
}

export function resizedNearest(x: Doubles, sizes: readonly number[], a: Attributes): Doubles {
  const round = flagOf(a, 'align_corners') ? Math.round : Math.floor;
  return resized(x, sizes, a, (place, last) => ({ cells: [Math.min(round(place), last)], weights: [1] }));
}

export function depthToSpace(x: Doubles, a: Attributes): Doubles {
  const block = numberOf(a, 'block_size', 1);
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const cells = reshape(x, [batch, height, width, block, block, channels / block ** 2]);
  return reshape(transpose(cells, [0, 1, 3, 2, 4, 5]), [batch, height * block, width * block, channels / block ** 2]);
}
