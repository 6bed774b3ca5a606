import { expected, FreezeframeError, type PictureInput } from '@freezeframe/inference';
import type { Preprocess } from '#frozen';

type Colour = PictureInput['colour'];

/** What is done to a channel's byte: `(byte / divisor - mean) / deviation`; lists in the order red, green, blue. */
interface Recipe {
  readonly divisor: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** The order of channels that goes with it where nothing else is said. */
  readonly colour: 'rgb' | 'bgr';
  readonly summary: string;
}

const ZERO = [0, 0, 0] as const;
const ONE = [1, 1, 1] as const;
const TO_UNIT_CIRCLE = { divisor: 127.5, mean: ONE, deviation: ONE, colour: 'rgb' } as const;

/**
 * The constants of `keras.src.applications.imagenet_utils.preprocess_input` (modes tf, torch, caffe), of
 * Teachable Machine's library, and 0..1, which most tutorials use. `none` keeps the bytes' numbers.
 */
export const RECIPES = {
  none: { divisor: 1, mean: ZERO, deviation: ONE, colour: 'rgb', summary: '0..255 as they are' },
  unit: { divisor: 255, mean: ZERO, deviation: ONE, colour: 'rgb', summary: 'x / 255: 0..1' },
  tf: { ...TO_UNIT_CIRCLE, summary: 'x / 127.5 - 1: -1..1 (MobileNet, Inception, Xception, NASNet, ResNetV2)' },
  torch: {
    divisor: 255,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
    colour: 'rgb',
    summary: "x / 255, ImageNet's mean and deviation (DenseNet, PyTorch's models)",
  },
  caffe: {
    divisor: 1,
    mean: [123.68, 116.779, 103.939],
    deviation: ONE,
    colour: 'bgr',
    summary: "BGR, ImageNet's mean taken off (VGG, ResNet v1)",
  },
  'efficientnet-lite': {
    divisor: 1,
    mean: [127, 127, 127],
    deviation: [128, 128, 128],
    colour: 'rgb',
    summary: '(x - 127) / 128 (EfficientNet-Lite)',
  },
  // What its library divides by, in a page and while it trains; the Python that it exports divides by 127.5.
  'teachable-machine': { ...TO_UNIT_CIRCLE, divisor: 127, summary: 'x / 127 - 1 of the middle square' },
} as const satisfies Readonly<Record<string, Recipe>>;

export type PreprocessName = keyof typeof RECIPES;
export const PREPROCESS_NAMES = Object.keys(RECIPES) as PreprocessName[];

/** The order of channels where the user names none. */
export function colourOf(name: PreprocessName, channels: 1 | 3): Colour {
  return channels === 1 ? 'grey' : RECIPES[name].colour;
}

/**
 * The same as scale and offset for each channel, in the order in which the model takes them: byte * scale + offset.
 * @throws FreezeframeError `option-mismatch` for a grey picture and constants that differ by colour
 */
export function preprocessOf(name: PreprocessName, colour: Colour): Preprocess {
  const { divisor, mean, deviation } = RECIPES[name];
  const channels = mean.map((m, c) => ({
    scale: 1 / (divisor * (deviation[c] as number)),
    offset: 0 - m / (deviation[c] as number),
  }));
  if (colour === 'grey') {
    const [first] = channels as [(typeof channels)[number]];
    if (channels.some(({ scale, offset }) => scale !== first.scale || offset !== first.offset)) {
      const what = 'none, unit or tf';
      throw new FreezeframeError('option-mismatch', expected(what, '--preprocess of a model that takes grey', name));
    }
    return { scale: [first.scale], offset: [first.offset] };
  }
  const ordered = colour === 'bgr' ? channels.reverse() : channels;
  return { scale: ordered.map(({ scale }) => scale), offset: ordered.map(({ offset }) => offset) };
}
