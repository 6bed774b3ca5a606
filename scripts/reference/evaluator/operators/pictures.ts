import { type Doubles, doubles, pad, slice, transpose, wrong } from '../doubles.ts';
import { alongRows } from './cells.ts';
import { type Operator, onTensor } from './given.ts';
import { isChannelsFirst } from './windows.ts';

/** A picture with its channels last, and the answer as the picture came. */
function withChannelsLast(x: Doubles, format: unknown, work: (x: Doubles) => Doubles): Doubles {
  if (!isChannelsFirst(format)) return work(x);
  const rank = x.shape.length;
  const first = rank - 3;
  const others = x.shape.map((_, i) => i).slice(0, first);
  const last = transpose(x, [...others, first + 1, first + 2, first]);
  return transpose(work(last), [...others, rank - 1, first, first + 1]);
}

type Colour = (red: number, green: number, blue: number) => readonly number[];

/** Each cell's three numbers made others. */
export function coloured(x: Doubles, format: unknown, work: Colour): Doubles {
  return withChannelsLast(x, format, (last) => {
    if (last.shape.at(-1) !== 3) throw wrong('three channels', 'a picture in colour', x.shape);
    return alongRows(last, -1, (row) => work(...([...row] as [number, number, number])));
  });
}

export const toHsv: Colour = (red, green, blue) => {
  const value = Math.max(red, green, blue);
  const range = value - Math.min(red, green, blue);
  const saturation = value > 0 ? range / value : 0;
  if (range <= 0) return [0, saturation, value];
  let hue = (red - green) / (6 * range) + 4 / 6;
  if (value === red) hue = (green - blue) / (6 * range);
  else if (value === green) hue = (blue - red) / (6 * range) + 2 / 6;
  return [hue < 0 ? hue + 1 : hue, saturation, value];
};

export const fromHsv: Colour = (hue, saturation, value) => {
  const inside = (x: number) => Math.min(Math.max(x, 0), 1);
  const h = hue * 6;
  const shares = [Math.abs(h - 3) - 1, 2 - Math.abs(h - 2), 2 - Math.abs(h - 4)];
  return shares.map((share) => (1 - saturation + saturation * inside(share)) * value);
};

export const grey = (x: Doubles, format: unknown): Doubles =>
  withChannelsLast(x, format, (last) =>
    alongRows(last, -1, ([r = 0, g = 0, b = 0]) => [0.2989 * r + 0.587 * g + 0.114 * b]),
  );

const matrix = (rows: readonly (readonly number[])[]): Doubles => doubles([3, 3], rows.flat());

/** The matrices of `tensorflow/python/ops/image_ops_impl.py`. */
export const MATRICES = {
  rgb_to_yiq: matrix([
    [0.299, 0.59590059, 0.2115],
    [0.587, -0.27455667, -0.52273617],
    [0.114, -0.32134392, 0.31119955],
  ]),
  yiq_to_rgb: matrix([
    [1, 1, 1],
    [0.95598634, -0.27201283, -1.10674021],
    [0.6208248, -0.64720424, 1.70423049],
  ]),
  rgb_to_yuv: matrix([
    [0.299, -0.14714119, 0.61497538],
    [0.587, -0.28886916, -0.51496512],
    [0.114, 0.43601035, -0.10001026],
  ]),
  yuv_to_rgb: matrix([
    [1, 1, 1],
    [0, -0.394642334, 2.03206185],
    [1.13988303, -0.58062185, 0],
  ]),
};

/** Cells added around a picture's height and width, or cut where negative. */
export function framed(x: Doubles, height: number, [top, bottom, left, right]: readonly number[]): Doubles {
  const sides = x.shape.map(
    (_, i) => (i === height ? [top, bottom] : i === height + 1 ? [left, right] : [0, 0]) as [number, number],
  );
  const cut = sides.reduce((y, [before, after], axis) => {
    const start = Math.max(0, -before);
    return slice(y, axis, start, (y.shape[axis] as number) - start - Math.max(0, -after));
  }, x);
  return pad(
    cut,
    sides.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as const),
  );
}

function frame(word: 'padding' | 'cropping'): Operator {
  const names = ['top', 'left', 'bottom', 'right'].map((side) => `${side}_${word}`);
  return onTensor(['images', ...names, 'target_height', 'target_width', 'data_format'], (x, g) => {
    const height = x.shape.length - (isChannelsFirst(g.get('data_format')) ? 2 : 3);
    const sign = word === 'padding' ? 1 : -1;
    const along = (before: string, after: string, target: string, size: number) => {
      const change = g.get(target) === null ? Number.NaN : Math.abs(g.number(target) - size);
      const first = g.get(before) === null ? change - g.number(after) : g.number(before);
      const last = g.get(after) === null ? change - first : g.number(after);
      return [first * sign, last * sign];
    };
    const [tall, wide] = x.shape.slice(height, height + 2) as [number, number];
    return framed(x, height, [
      ...along(`top_${word}`, `bottom_${word}`, 'target_height', tall),
      ...along(`left_${word}`, `right_${word}`, 'target_width', wide),
    ]);
  });
}

/** Pictures of `keras.ops.image`. */
export const PICTURES: Readonly<Record<string, Operator>> = {
  RGBToGrayscale: onTensor(['images', 'data_format'], (x, g) => grey(x, g.get('data_format'))),
  RGBToHSV: onTensor(['images', 'data_format'], (x, g) => coloured(x, g.get('data_format'), toHsv)),
  HSVToRGB: onTensor(['images', 'data_format'], (x, g) => coloured(x, g.get('data_format'), fromHsv)),
  PadImages: frame('padding'),
  CropImages: frame('cropping'),
};
