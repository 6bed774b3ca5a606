import {
  type Call,
  channelsFirst,
  keepingMask,
  type LayerFunction,
  numberIn,
  type Rule,
  rules,
  sizesIn,
} from '../call.ts';
import { repeat, resize } from '../resize.ts';
import { rankOf } from '../spatial.ts';
import { add, multiply, nested, pad, slice, type Value } from '../value.ts';

const rescaling: LayerFunction = (x, { options }) =>
  add(multiply(x, nested(options.scale)), nested(options.offset ?? 0));

/** The axis of a picture's height: the last two are height and width, or those before the channels. */
function heightAxis(x: Value, { options }: Call): number {
  return x.shape.length - (channelsFirst(options) ? 2 : 3);
}

/** A middle part, along one axis; odd cells are left behind. */
function middle(x: Value, axis: number, size: number): Value {
  return slice(x, axis, Math.floor(((x.shape[axis] as number) - size) / 2), size);
}

/** The largest middle part with the proportions of the target. */
function cropped(x: Value, axis: number, [high, wide]: readonly [number, number]): Value {
  const [height, width] = x.shape.slice(axis, axis + 2) as [number, number];
  const part = (size: number, other: number) => Math.max(1, Math.min(size, Math.trunc(Math.fround(other))));
  const tall = part(height, (width * high) / wide);
  const broad = part(width, (height * wide) / high);
  return middle(middle(x, axis, tall), axis + 1, broad);
}

function padded(x: Value, axis: number, [high, wide]: readonly [number, number], filler: number): Value {
  const [height, width] = x.shape.slice(axis, axis + 2) as [number, number];
  const edge = (size: number, wanted: number) =>
    Math.max(0, Math.trunc((Math.max(size, Math.trunc(wanted)) - size) / 2));
  const rows = edge(height, (width * high) / wide);
  const columns = edge(width, (height * wide) / high);
  const edges = x.shape.map((_, i): [number, number] => {
    const size = i === axis ? rows : i === axis + 1 ? columns : 0;
    return [size, size];
  });
  return pad(x, edges, filler);
}

function sizeOption({ options }: Call): [number, number] {
  return [numberIn(options, 'height'), numberIn(options, 'width')];
}

const resizing: LayerFunction = (x, call) => {
  const { interpolation = 'bilinear', antialias, crop_to_aspect_ratio: crop, pad_to_aspect_ratio: fill } = call.options;
  const size = sizeOption(call);
  const axis = heightAxis(x, call);
  const filled = fill === true ? padded(x, axis, size, numberIn(call.options, 'fill_value', 0)) : x;
  const picture = crop === true ? cropped(filled, axis, size) : filled;
  return resize(picture, axis, size, String(interpolation).toLowerCase(), antialias === true);
};

/** The operator `keras.ops.image.resize`: one option for both sizes. */
export const resizeOptions: LayerFunction = (x, call) => {
  const [height, width] = sizesIn(call.options, 'size', 2);
  return resizing(x, { ...call, options: { ...call.options, height, width } });
};

/** A picture that is smaller than the crop is enlarged instead. */
const centerCrop: LayerFunction = (x, call) => {
  const size = sizeOption(call);
  const axis = heightAxis(x, call);
  const [height, width] = x.shape.slice(axis, axis + 2) as [number, number];
  if (height >= size[0] && width >= size[1]) return middle(middle(x, axis, size[0]), axis + 1, size[1]);
  return resize(cropped(x, axis, size), axis, size, 'bilinear', false);
};

const upSampling: LayerFunction = (x, call) => {
  const rank = rankOf(call);
  const times = sizesIn(call.options, 'size', rank, 2);
  const axis = channelsFirst(call.options) ? 2 : 1;
  const { interpolation = 'nearest' } = call.options;
  if (rank !== 2 || interpolation === 'nearest') {
    return times.reduce((picture, n, i) => repeat(picture, axis + i, n), x);
  }
  const sizes = times.map((n, i) => n * (x.shape[axis + i] as number)) as [number, number];
  return resize(x, axis, sizes, String(interpolation), false);
};

/** Change pictures in training alone. */
const RANDOM = [
  'RandomBrightness',
  'RandomColorDegeneration',
  'RandomColorJitter',
  'RandomContrast',
  'RandomElasticTransform',
  'RandomErasing',
  'RandomFlip',
  'RandomGaussianBlur',
  'RandomGrayscale',
  'RandomHue',
  'RandomInvert',
  'RandomPerspective',
  'RandomPosterization',
  'RandomRotation',
  'RandomSaturation',
  'RandomSharpness',
  'RandomShear',
  'RandomTranslation',
  'RandomWidth',
  'RandomHeight',
  'RandomZoom',
  'AugMix',
  'CutMix',
  'MixUp',
  'RandAugment',
];

/** Outside training this crops the middle (Keras 2 and 3: `CenterCrop` where the picture is large enough). */
const randomCrop: LayerFunction = centerCrop;

export const PREPROCESSING: Record<string, Rule> = {
  ...keepingMask({ Rescaling: rescaling }),
  ...rules({ Resizing: resizing, CenterCrop: centerCrop, RandomCrop: randomCrop }),
  ...rules({ UpSampling1D: upSampling, UpSampling2D: upSampling, UpSampling3D: upSampling }),
  ...rules(Object.fromEntries(RANDOM.map((name) => [name, (x: Value) => x]))),
};
