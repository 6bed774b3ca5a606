import {
  add,
  axesOf,
  concat,
  type Doubles,
  divide,
  map,
  multiply,
  reduce,
  subtract,
  sumOf,
  transpose,
} from '../../doubles.ts';
import { matmul } from '../../einsum.ts';
import { resize } from '../../resize.ts';
import { alongRows } from '../cells.ts';
import { type Given, type Operator, on, onTensor } from '../given.ts';
import { turned } from '../matrices.ts';
import { patches } from '../patches.ts';
import { coloured, framed, fromHsv, grey, MATRICES, toHsv } from '../pictures.ts';

const sides = (x: Doubles) => [x.shape.length - 3, x.shape.length - 2];
const meanOver = (x: Doubles, axes: readonly number[]) => reduce(x, axes, true, (row) => sumOf(row) / row.length);

function bounded(x: Doubles, g: Given, sign: 1 | -1): Doubles {
  const [height, width] = x.shape.slice(-3) as [number, number];
  const [top, left] = [sign * g.number('offset_height'), sign * g.number('offset_width')];
  return framed(x, x.shape.length - 3, [
    top,
    g.number('target_height') - height - top,
    left,
    g.number('target_width') - width - left,
  ]);
}

const picture = (more: readonly string[], work: (x: Doubles, g: Given) => Doubles): Operator =>
  on(['images', ...more], (g) => work(g.tensor(g.has('image') ? 'image' : 'images'), g));

const hsvMoved = (x: Doubles, move: (hue: number, saturation: number, value: number) => readonly number[]) =>
  coloured(x, null, (red, green, blue) => {
    const [hue, saturation, value] = toHsv(red, green, blue) as [number, number, number];
    return fromHsv(...(move(hue, saturation, value) as [number, number, number]));
  });

const BOX = ['offset_height', 'offset_width', 'target_height', 'target_width'];

/** `resize_bilinear` and `resize_nearest_neighbor` of TensorFlow 1. */
function oldResized(g: Given, nearest: boolean): Doubles {
  const [corners, centres] = [g.flag('align_corners'), g.flag('half_pixel_centers')];
  return g.numbers('size').reduce((x, size, i) => {
    const axis = i + 1;
    const from = x.shape[axis] as number;
    const scale = corners && size > 1 ? (from - 1) / (size - 1) : from / size;
    const clamp = (place: number) => Math.min(Math.max(place, 0), from - 1);
    return alongRows(x, axis, (row) =>
      Array.from({ length: size }, (_, at) => {
        if (nearest) {
          const place = Math.fround((at + (centres ? 0.5 : 0)) * Math.fround(scale));
          return row[clamp(corners ? Math.floor(place + 0.5) : Math.floor(place))] as number;
        }
        const place = centres ? (at + 0.5) * scale - 0.5 : at * scale;
        const low = Math.floor(place);
        const [a, b] = [row[clamp(low)] as number, row[clamp(low + 1)] as number];
        return a + (b - a) * (place - low);
      }),
    );
  }, g.tensor('images'));
}

function resizedWithPad(g: Given): Doubles {
  const x = g.tensor(g.has('image') ? 'image' : 'images');
  const targets = [g.number('target_height'), g.number('target_width')] as const;
  const height = x.shape.length - 3;
  const own = x.shape.slice(height, height + 2);
  const ratio = Math.max(...own.map((size, i) => Math.fround(size / (targets[i] as number))));
  const exact = own.map((size) => Math.fround(size / ratio));
  const sizes = exact.map(Math.floor) as [number, number];
  const before = exact.map((size, i) => Math.max(0, Math.floor(Math.fround(((targets[i] as number) - size) / 2))));
  const method = String(g.get('method') ?? 'bilinear');
  const small = resize(x, height, sizes, method, g.flag('antialias'));
  return framed(
    small,
    height,
    before.flatMap((cells, i) => [cells, (targets[i] as number) - cells - (sizes[i] as number)]),
  );
}

/** Sizes of one axis each from TensorFlow's lists of four. */
const inner = (g: Given, name: string) => g.numbers(name).slice(1, 3);

const cropOrPad = picture(['target_height', 'target_width'], (x, g) => {
  const gaps = [g.number('target_height'), g.number('target_width')].map(
    (target, i) => target - (x.shape.at(i - 3) as number),
  );
  const pairs = gaps.map((gap) =>
    [gap < 0 ? -Math.floor(-gap / 2) : Math.floor(gap / 2)].flatMap((before) => [before, gap - before]),
  );
  return framed(x, x.shape.length - 3, pairs.flat());
});

/** Functions of `tf.image`. */
export const TENSORFLOW_PICTURES: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(Object.entries(MATRICES).map(([name, table]) => [name, picture([], (x) => matmul(x, table))])),
  rgb_to_grayscale: picture(['name'], (x) => grey(x, null)),
  grayscale_to_rgb: picture(['name'], (x) => concat([x, x, x], x.shape.length - 1)),
  rgb_to_hsv: picture(['name'], (x) => coloured(x, null, toHsv)),
  hsv_to_rgb: picture(['name'], (x) => coloured(x, null, fromHsv)),
  per_image_standardization: picture([], (x) => {
    const axes = axesOf([-3, -2, -1], x.shape.length);
    const count = axes.reduce((n, axis) => n * (x.shape[axis] as number), 1);
    const gap = subtract(x, meanOver(x, axes));
    const spread = map(meanOver(multiply(gap, gap), axes), (v) => Math.max(Math.sqrt(v), 1 / Math.sqrt(count)));
    return divide(gap, spread);
  }),
  adjust_brightness: picture(['delta'], (x, g) => map(x, (v) => v + g.number('delta'))),
  adjust_contrast: picture(['contrast_factor'], (x, g) => {
    const mean = meanOver(x, sides(x));
    return add(
      map(subtract(x, mean), (v) => v * g.number('contrast_factor')),
      mean,
    );
  }),
  adjust_saturation: picture(['saturation_factor'], (x, g) =>
    hsvMoved(x, (h, s, v) => [h, Math.min(Math.max(s * g.number('saturation_factor'), 0), 1), v]),
  ),
  adjust_hue: picture(['delta'], (x, g) =>
    hsvMoved(x, (h, s, v) => {
      const moved = h + g.number('delta');
      return [moved - Math.floor(moved), s, v];
    }),
  ),
  adjust_gamma: picture(['gamma', 'gain'], (x, g) => map(x, (v) => g.number('gain', 1) * v ** g.number('gamma', 1))),
  flip_left_right: picture([], (x) => alongRows(x, -2, (row) => row.toReversed())),
  flip_up_down: picture([], (x) => alongRows(x, -3, (row) => row.toReversed())),
  central_crop: picture(['central_fraction'], (x, g) => {
    const [tall, wide] = x.shape
      .slice(-3)
      .map((size) => -Math.trunc((size - size * g.number('central_fraction')) / 2)) as [number, number];
    return framed(x, x.shape.length - 3, [tall, tall, wide, wide]);
  }),
  crop_to_bounding_box: picture(BOX, (x, g) => bounded(x, g, -1)),
  pad_to_bounding_box: picture(BOX, (x, g) => bounded(x, g, 1)),
  resize_with_crop_or_pad: cropOrPad,
  convert_image_dtype: picture(['dtype', 'saturate'], (x) => (x.integer ? map(x, (v) => v / 255) : x)),
  extract_patches: onTensor(['images', 'sizes', 'strides', 'rates', 'padding'], (x, g) =>
    patches(x, inner(g, 'sizes'), inner(g, 'strides'), inner(g, 'rates'), String(g.get('padding')).toLowerCase()),
  ),
  resize_bilinear: on(['images', 'size', 'align_corners', 'half_pixel_centers'], (g) => oldResized(g, false)),
  resize_nearest_neighbor: on(['images', 'size', 'align_corners', 'half_pixel_centers'], (g) => oldResized(g, true)),
  resize_with_pad: on(['image', 'target_height', 'target_width', 'method', 'antialias'], resizedWithPad),
  resize_image_with_crop_or_pad: cropOrPad,
  'image.transpose': onTensor(['image'], (x) => {
    const rank = x.shape.length;
    const others = Array.from({ length: rank - 3 }, (_, i) => i);
    return transpose(x, [...others, rank - 2, rank - 3, rank - 1]);
  }),
  rot90: onTensor(['image', 'k'], (x, g) => turned(x, g.number('k', 1), [-3, -2])),
};
