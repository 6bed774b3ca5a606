import { INTERPOLATIONS, type Interpolation, type Value } from '#onnx';
import { resizePicture } from '../../pictures/resize.ts';
import { quarterTurns } from '../numpy/matrices.ts';
import { badCall, integer, integers, numberIn, type Operand, type Operands, omitted } from '../operand.ts';
import type { OperatorDefinition } from '../operator.ts';
import { fixedSize, type Tensors } from '../tensors.ts';
import { onPicture } from './colours.ts';
import { oneEach } from './patches.ts';
import { formatOf, perSpatialAxis } from './windows.ts';

type Sides = readonly [top: number, bottom: number, left: number, right: number];

/** Cells added around the picture, or cut from it where negative. */
function framed(to: Tensors, x: Value, [top, bottom, left, right]: Sides, height = x.shape.length - 3): Value {
  const sides = x.shape.map((_, i): readonly [number, number] => {
    if (i === height) return [top, bottom];
    return i === height + 1 ? [left, right] : [0, 0];
  });
  return to.pad(x, sides);
}

const sizeOf = (x: Value, height = x.shape.length - 3) =>
  [fixedSize(x, height, 'a picture'), fixedSize(x, height + 1, 'a picture')] as const;

/** Two of the three of one axis give the third: what is before, what is behind, and the size in the end. */
function around(
  before: Operand,
  behind: Operand,
  target: Operand,
  size: number,
  sign: 1 | -1,
): readonly [number, number] {
  const given = [before, behind, target].map((operand) => (omitted(operand) ? undefined : integer(operand, 'a frame')));
  const [a, b, c] = given;
  const total = c === undefined ? undefined : (c - size) * sign;
  if (a !== undefined && b !== undefined) return [a * sign, b * sign];
  if (a !== undefined && total !== undefined) return [a * sign, (total - a) * sign];
  if (b !== undefined && total !== undefined) return [(total - b) * sign, b * sign];
  throw badCall('two of three sizes', 'a frame', given);
}

function frame(name: string, sign: 1 | -1): OperatorDefinition {
  const word = sign === 1 ? 'padding' : 'cropping';
  const sides = ['top', 'left', 'bottom', 'right'].map((side) => `${side}_${word}`);
  return onPicture([name], [], [...sides, 'target_height', 'target_width'], (to, x, _, given) => {
    const height = formatOf(given.data_format) === 'channels_first' ? x.shape.length - 2 : x.shape.length - 3;
    const [h, w] = sizeOf(x, height);
    const tall = around(given[`top_${word}`], given[`bottom_${word}`], given.target_height, h, sign);
    const wide = around(given[`left_${word}`], given[`right_${word}`], given.target_width, w, sign);
    return framed(to, x, [...tall, ...wide], height);
  });
}

/** The old functions of TensorFlow, which measure from the corners of cells or from those of the picture. */
function oldResize(tensorflow: string, nearest: boolean): OperatorDefinition {
  return onPicture(
    [],
    [tensorflow],
    ['size', 'align_corners', 'half_pixel_centers'],
    (to, x, _, { size, align_corners, half_pixel_centers }) => {
      const target = integers(size, 'the size');
      const [height, width] = sizeOf(x);
      if (nearest) {
        return [height, width].reduce<Value>(
          (y, from, i) =>
            to.gather(
              y,
              nearestCells(from, target[i] as number, align_corners === true, half_pixel_centers === true),
              i + 1,
            ),
          x,
        );
      }
      const mode = align_corners === true ? 'align_corners' : half_pixel_centers === true ? 'half_pixel' : 'asymmetric';
      const sizes = to.graph.op(
        'Concat',
        [
          to.graph.op('Shape', [x.name], { start: 0, end: 1 }),
          to.graph.ints(target),
          to.graph.op('Shape', [x.name], { start: 3, end: 4 }),
        ],
        { axis: 0 },
      );
      const name = to.graph.op('Resize', [x.name, '', '', sizes], {
        mode: 'linear',
        coordinate_transformation_mode: mode,
      });
      return { ...x, name, shape: [x.shape[0] ?? null, ...target, x.shape[3] ?? null] };
    },
  );
}

function nearestCells(from: number, to: number, corners: boolean, centers: boolean): number[] {
  const scale = Math.fround(corners && to > 1 ? (from - 1) / (to - 1) : from / to);
  return Array.from({ length: to }, (_, i) => {
    const place = Math.fround((i + (centers ? 0.5 : 0)) * scale);
    // C's round: halves away from zero.
    return Math.min(corners ? Math.floor(place + 0.5) : Math.floor(place), from - 1);
  });
}

/** Windows of a picture side by side in the channels: a convolution with kernels of one 1 each. */
function patches(
  to: Tensors,
  x: Value,
  size: readonly number[],
  strides: readonly number[],
  rates: readonly number[],
  padding: string,
): Value {
  const rank = size.length;
  const channels = fixedSize(x, rank + 1, 'extract_patches');
  const cells = size.reduce((n, side) => n * side, 1);
  const spatial = x.shape.slice(1, -1).map((_, i) => fixedSize(x, i + 1, 'extract_patches'));
  const spans = size.map((side, i) => (side - 1) * (rates[i] as number) + 1);
  const counts = spatial.map((side, i) =>
    padding === 'same'
      ? Math.ceil(side / (strides[i] as number))
      : Math.floor((side - (spans[i] as number)) / (strides[i] as number)) + 1,
  );
  const missing = counts.map((count, i) =>
    padding === 'same'
      ? Math.max(0, (count - 1) * (strides[i] as number) + (spans[i] as number) - (spatial[i] as number))
      : 0,
  );
  const weight = oneEach(to, channels, size);
  const first = to.transpose(x, [0, rank + 1, ...size.map((_, i) => i + 1)]);
  const pads = [...missing.map((n) => Math.floor(n / 2)), ...missing.map((n) => Math.ceil(n / 2))];
  const name = to.graph.op('Conv', [first.name, weight], {
    strides,
    dilations: rates,
    pads,
    group: channels,
    kernel_shape: size,
  });
  const apart = to.reshape({ ...first, name, shape: [x.shape[0] ?? null, channels * cells, ...counts] }, [
    x.shape[0] ?? null,
    channels,
    cells,
    ...counts,
  ]);
  const moved = to.transpose(apart, [0, ...size.map((_, i) => i + 3), 2, 1]);
  return to.reshape(moved, [x.shape[0] ?? null, ...counts, cells * channels]);
}

function withPad(to: Tensors, x: Value, given: Operands): Value {
  const [height, width] = sizeOf(x);
  const [tall, wide] = [integer(given.target_height, 'target_height'), integer(given.target_width, 'target_width')];
  const ratio = Math.max(Math.fround(width / wide), Math.fround(height / tall));
  const [exactTall, exactWide] = [Math.fround(height / ratio), Math.fround(width / ratio)];
  const top = Math.max(0, Math.floor(Math.fround((tall - exactTall) / 2)));
  const left = Math.max(0, Math.floor(Math.fround((wide - exactWide) / 2)));
  const size = [Math.floor(exactTall), Math.floor(exactWide)] as const;
  const interpolation = String(given.method ?? 'bilinear') as Interpolation;
  if (!INTERPOLATIONS.includes(interpolation))
    throw badCall(INTERPOLATIONS.join(', '), 'the method of a resize', interpolation);
  const small = resizePicture(to.graph, x, size, {
    interpolation,
    antialias: given.antialias === true,
    format: 'channels_last',
  });
  const ordered = to.of(small, '');
  return framed(to, ordered, [top, tall - top - size[0], left, wide - left - size[1]]);
}

/** Pictures cut, framed and turned, and their patches. */
export const FRAMES: readonly OperatorDefinition[] = [
  onPicture([], ['image.flip_left_right'], [], (to, x) => to.reversed(x, [x.shape.length - 2])),
  onPicture([], ['image.flip_up_down'], [], (to, x) => to.reversed(x, [x.shape.length - 3])),
  onPicture([], ['image.rot90'], ['k'], (to, x, _, { k }) =>
    quarterTurns(to, x, integer(k, 'k of rot90', 1), [x.shape.length - 3, x.shape.length - 2]),
  ),
  onPicture([], ['image.transpose'], [], (to, x) => {
    const rank = x.shape.length;
    return to.transpose(x, [...x.shape.map((_, i) => i).slice(0, -3), rank - 2, rank - 3, rank - 1]);
  }),
  onPicture([], ['image.central_crop'], ['central_fraction'], (to, x, _, { central_fraction }) => {
    const fraction = numberIn(central_fraction, 'central_fraction', 1);
    const cuts = sizeOf(x).map((size) => -Math.trunc((size - size * fraction) / 2)) as [number, number];
    return framed(to, x, [cuts[0], cuts[0], cuts[1], cuts[1]]);
  }),
  ...(['crop', 'pad'] as const).map((what) =>
    onPicture(
      [],
      [`image.${what}_to_bounding_box`],
      ['offset_height', 'offset_width', 'target_height', 'target_width'],
      (to, x, _, given) => {
        const [height, width] = sizeOf(x);
        const sign = what === 'crop' ? -1 : 1;
        const [top, left] = [
          integer(given.offset_height, 'offset_height') * sign,
          integer(given.offset_width, 'offset_width') * sign,
        ];
        const [tall, wide] = [
          integer(given.target_height, 'target_height'),
          integer(given.target_width, 'target_width'),
        ];
        return framed(to, x, [top, tall - height - top, left, wide - width - left]);
      },
    ),
  ),
  onPicture(
    [],
    ['image.resize_with_crop_or_pad', 'image.resize_image_with_crop_or_pad'],
    ['target_height', 'target_width'],
    (to, x, _, { target_height, target_width }) => {
      const targets = [integer(target_height, 'target_height'), integer(target_width, 'target_width')];
      const pairs = sizeOf(x).map((size, i) => {
        const gap = (targets[i] as number) - size;
        const before = gap >= 0 ? Math.floor(gap / 2) : -Math.floor(-gap / 2);
        return [before, gap - before] as const;
      }) as unknown as [readonly [number, number], readonly [number, number]];
      return framed(to, x, [...pairs[0], ...pairs[1]]);
    },
  ),
  onPicture(
    [],
    ['image.resize_with_pad'],
    ['target_height', 'target_width', 'method', 'antialias'],
    (to, x, _, given) => withPad(to, x, given),
  ),
  frame('PadImages', 1),
  frame('CropImages', -1),
  oldResize('image.resize_bilinear', false),
  oldResize('image.resize_nearest_neighbor', true),
  onPicture(
    ['ExtractPatches'],
    [],
    ['size', 'strides', 'dilation_rate', 'padding'],
    (to, given, _, { size, strides, dilation_rate, padding, data_format }) => {
      const format = formatOf(data_format);
      const rank = given.shape.length - 2;
      const last = format === 'channels_first' ? to.last(given, 1) : given;
      const sizes = perSpatialAxis(size, rank, format, 'the size of patches');
      const steps = omitted(strides) ? sizes : perSpatialAxis(strides, rank, format, 'strides');
      const answer = patches(
        to,
        last,
        sizes,
        steps,
        perSpatialAxis(dilation_rate, rank, format, 'the dilation'),
        String(padding ?? 'valid').toLowerCase(),
      );
      return format === 'channels_first' ? to.back(answer, 1) : answer;
    },
  ),
  onPicture(
    [],
    ['image.extract_patches'],
    ['sizes', 'strides', 'rates', 'padding'],
    (to, x, _, { sizes, strides, rates, padding }) => {
      const of = (operand: Operand) => perSpatialAxis(operand, 2, 'channels_last', 'the sizes of patches');
      return patches(to, x, of(sizes), of(strides), of(rates), String(padding).toLowerCase());
    },
  ),
  ...(['DepthToSpace', 'SpaceToDepth'] as const).map((type) =>
    onPicture(
      [type],
      [type === 'DepthToSpace' ? 'nn.depth_to_space' : 'nn.space_to_depth'],
      ['block_size'],
      (to, x, axis, { block_size }) => {
        const block = integer(block_size, `the block of ${type}`);
        const first = axis === 1 ? x : to.transpose(x, [0, 3, 1, 2]);
        const name = to.graph.op(type, [first.name], { blocksize: block });
        const [batch = null, channels = null, height = null, width = null] = first.shape;
        const grown = (size: number | null, by: number) => (size === null ? null : size * by);
        const [deep, wide] = type === 'DepthToSpace' ? [1 / block ** 2, block] : [block ** 2, 1 / block];
        const answer = {
          ...first,
          name,
          shape: [batch, grown(channels, deep), grown(height, wide), grown(width, wide)],
        };
        return axis === 1 ? answer : to.transpose(answer, [0, 2, 3, 1]);
      },
    ),
  ),
];
