import {
  type Call,
  channelsFirst,
  identity,
  type LayerFunction,
  numberIn,
  type Rule,
  rules,
  sizesIn,
} from '../call.ts';
import {
  add,
  broadcastTo,
  type Doubles,
  divide,
  doubles,
  largestOf,
  map,
  multiply,
  nested,
  pad,
  reduce,
  roundEven,
  slice,
  smallestOf,
  subtract,
  where,
} from '../doubles.ts';
import { repeat, resize, resizeIntegers } from '../resize.ts';
import { rankOf } from '../spatial.ts';

const rescaling: LayerFunction = (x, { options }) =>
  add(multiply(x, nested(options.scale)), nested(options.offset ?? 0));

/** The axis of a picture's height: the last two are height and width, or those before the channels. */
function heightAxis(x: Doubles, { options }: Call): number {
  return x.shape.length - (channelsFirst(options) ? 2 : 3);
}

/** A middle part, along one axis; odd cells are left behind. */
function middle(x: Doubles, axis: number, size: number): Doubles {
  return slice(x, axis, Math.floor(((x.shape[axis] as number) - size) / 2), size);
}

/** The largest middle part with the proportions of the target. */
function cropped(x: Doubles, axis: number, [high, wide]: readonly [number, number]): Doubles {
  const [height, width] = x.shape.slice(axis, axis + 2) as [number, number];
  const part = (size: number, other: number) => Math.max(1, Math.min(size, Math.trunc(Math.fround(other))));
  const tall = part(height, (width * high) / wide);
  const broad = part(width, (height * wide) / high);
  return middle(middle(x, axis, tall), axis + 1, broad);
}

function padded(x: Doubles, axis: number, [high, wide]: readonly [number, number], filler: number): Doubles {
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
  const method = String(interpolation).toLowerCase();
  const whole = x.integer && method === 'bilinear' && antialias !== true;
  const resized = whole ? resizeIntegers(picture, axis, size) : resize(picture, axis, size, method, antialias === true);
  return x.integer ? map(resized, roundEven) : resized;
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

/** Outside training Keras 2 takes the middle; Keras 3, which alone writes `data_format` here, does nothing. */
const randomCrop: LayerFunction = (x, call) => {
  if ('data_format' in call.options) return x;
  const size = sizeOption(call);
  const axis = heightAxis(x, call);
  return resize(cropped(x, axis, size), axis, size, 'bilinear', false);
};

/** Each channel of each picture stretched over the whole range; Keras takes axes 1 and 2 in any data format. */
const autoContrast: LayerFunction = (x, { options }) => {
  const [low, high] = 'value_range' in options ? (options.value_range as [number, number]) : [0, 255];
  const bytes = map(x, (element) => ((element - low) / (high - low)) * 255);
  const least = reduce(bytes, [1, 2], true, smallestOf);
  const spread = subtract(reduce(bytes, [1, 2], true, largestOf), least);
  const stretched = map(divide(multiply(subtract(bytes, least), doubles([], [255])), spread), (element) =>
    Math.min(Math.max(element, 0), 255),
  );
  const back = map(stretched, (element) => (element / 255) * (high - low) + low);
  return where(
    broadcastTo(
      map(spread, (width) => Number(width === 0)),
      x.shape,
    ),
    x,
    back,
  );
};

export const PREPROCESSING: Record<string, Rule> = {
  ...rules({ Rescaling: rescaling }, { keepsMask: 'in Keras 3' }),
  ...rules(
    { Resizing: resizing, UpSampling1D: upSampling, UpSampling2D: upSampling, UpSampling3D: upSampling },
    { keepsIntegers: true },
  ),
  ...rules({
    CenterCrop: centerCrop,
    RandomCrop: randomCrop,
    AutoContrast: autoContrast,
    RandomBrightness: identity,
    RandomColorDegeneration: identity,
    RandomColorJitter: identity,
    RandomContrast: identity,
    RandomElasticTransform: identity,
    RandomErasing: identity,
    RandomFlip: identity,
    RandomGaussianBlur: identity,
    RandomGrayscale: identity,
    RandomHue: identity,
    RandomInvert: identity,
    RandomPerspective: identity,
    RandomPosterization: identity,
    RandomRotation: identity,
    RandomSaturation: identity,
    RandomSharpness: identity,
    RandomShear: identity,
    RandomTranslation: identity,
    RandomWidth: identity,
    RandomHeight: identity,
    RandomZoom: identity,
    AugMix: identity,
    CutMix: identity,
    MixUp: identity,
    Equalization: identity,
    Solarization: identity,
    MaxNumBoundingBoxes: identity,
    RandAugment: identity,
  }),
};
