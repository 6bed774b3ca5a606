import * as z from 'zod';
import type { PictureHints } from '../../format-reader.ts';

const numbers = z.array(z.number()).length(3);
const side = z.int().min(1).max(8192);
/** Older files have a number. */
const sides = z.union([side, z.object({ height: side, width: side }), z.object({ shortest_edge: side })]);
const share = z.number().positive().max(1).nullish();

/** What `preprocessor_config.json` holds, of all processors together. */
export const processor = z.object({
  image_processor_type: z.string().optional(),
  feature_extractor_type: z.string().optional(),
  do_resize: z.boolean().optional(),
  size: sides.optional(),
  do_center_crop: z.boolean().nullish(),
  crop_size: sides.nullish(),
  crop_pct: share,
  resample: z.int().optional(),
  do_rescale: z.boolean().optional(),
  rescale_factor: z.number().positive().optional(),
  do_normalize: z.boolean().nullish(),
  image_mean: numbers.nullish(),
  image_std: numbers.nullish(),
  do_flip_channel_order: z.boolean().optional(),
  rescale_offset: z.boolean().optional(),
  include_top: z.boolean().optional(),
  resize_short: side.nullish(),
  size_divisor: side.nullish(),
});
export type Processor = z.output<typeof processor>;

interface Kind {
  /** Where the file leaves it out. */
  readonly resample: number;
  readonly crops: boolean;
  /** A number is the shorter side, not both. */
  readonly shorter: boolean;
  /** What it does otherwise than most, in the words of those. */
  readonly plain?: (given: Processor) => Processor;
  /** It takes blue first, unless the file says no. */
  readonly flips?: true;
}

/** The processors of transformers that do what a manifest can say. Others do more: a side by a rule of their own, pieces of a picture. */
const KINDS: Readonly<Record<string, Kind>> = {
  ViT: { resample: 2, crops: false, shorter: false },
  Siglip: { resample: 3, crops: false, shorter: false },
  Pvt: { resample: 3, crops: false, shorter: false },
  Segformer: { resample: 2, crops: false, shorter: false },
  DeiT: { resample: 3, crops: true, shorter: false },
  Beit: { resample: 3, crops: true, shorter: false },
  EfficientNet: { resample: 3, crops: false, shorter: false, plain: scaledTwice },
  CLIP: { resample: 3, crops: true, shorter: true },
  Bit: { resample: 3, crops: true, shorter: true },
  MobileNetV1: { resample: 2, crops: true, shorter: true },
  MobileNetV2: { resample: 2, crops: true, shorter: true },
  MobileViT: { resample: 2, crops: true, shorter: true, flips: true, plain: unnormalized },
  ConvNext: { resample: 2, crops: false, shorter: true, plain: stretchedWhereLarge },
  PoolFormer: { resample: 3, crops: true, shorter: true, plain: enlargedByShare },
  Levit: { resample: 3, crops: true, shorter: true, plain: enlarged },
  Perceiver: { resample: 3, crops: true, shorter: false, plain: croppedFirst },
  PPLCNet: { resample: 2, crops: true, shorter: false, plain: byShortSide },
};

/** Pillow's numbers of its filters. */
const KERNELS = ['nearest', 'lanczos3', 'linear', 'cubic'] as const;

/**
 * How pictures are prepared, or why that is not known.
 * @param file that it stands in, for people
 */
export function hintsOf(given: Processor, file: string): PictureHints | string {
  const type = given.image_processor_type ?? given.feature_extractor_type ?? '';
  const kind = KINDS[type.replace(/(ImageProcessor|FeatureExtractor)(Fast|Pil)?$/, '')];
  if (!kind)
    return `How its pictures are prepared was not read: ${file} is for ${type || 'no processor'}, which is not known.`;
  const told = kind.plain?.(given) ?? given;
  const frame = frameOf(told, kind);
  const normalization = normalizationOf(told);
  const kernel = KERNELS[told.resample ?? kind.resample];
  if (!frame || !normalization || !kernel)
    return `How its pictures are prepared was not read: ${file} leaves out what is needed, or asks for more than is known.`;
  const flips = told.do_flip_channel_order ?? kind.flips === true;
  return {
    ...frame,
    normalization,
    kernel,
    ...(flips ? { colour: 'bgr' } : {}),
    reason: `its ${file} says so (${type})`,
  };
}

function frameOf(
  { size: given, do_resize = true, do_center_crop, crop_size }: Processor,
  { crops, shorter }: Kind,
): Pick<PictureHints, 'size' | 'resize' | 'crop'> | undefined {
  if (!do_resize || given === undefined) return undefined;
  const size = typeof given !== 'number' ? given : shorter ? { shortest_edge: given } : square(given);
  // The shorter side alone leaves the other open.
  if (!(do_center_crop ?? crops)) return 'height' in size ? { size, resize: 'stretch', crop: 1 } : undefined;
  const middle = typeof crop_size === 'number' ? square(crop_size) : crop_size;
  if (!middle || !('height' in middle)) return undefined;
  const { height, width } = 'height' in size ? size : square(size.shortest_edge);
  const crop = middle.height / height;
  if (crop > 1 || crop !== middle.width / width) return undefined;
  return { size: middle, resize: 'height' in size ? 'stretch' : 'cover', crop };
}

function square(side: number) {
  return { height: side, width: side };
}

/** (x * factor - mean) / deviation, of bytes. */
function normalizationOf({
  do_rescale = true,
  rescale_factor = 1 / 255,
  do_normalize,
  image_mean,
  image_std,
}: Processor): PictureHints['normalization'] | undefined {
  const factor = do_rescale ? rescale_factor : 1;
  if (!(do_normalize ?? true)) return { mean: [0], deviation: [1 / factor] };
  if (!image_mean || !image_std?.every((one) => one > 0)) return undefined;
  return { mean: image_mean.map((one) => one / factor), deviation: image_std.map((one) => one / factor) };
}

/** MobileViT has no normalization, whatever its file says. */
function unnormalized(given: Processor): Processor {
  return { ...given, do_normalize: false };
}

/** EfficientNet's, for a classifier, divides by the deviation a second time, and may take 1 off before the mean. */
function scaledTwice(given: Processor): Processor {
  const { do_rescale = true, do_normalize, image_mean, image_std, rescale_offset = false, include_top = true } = given;
  if (!image_std) return given;
  const once = do_normalize ?? true;
  const off = do_rescale && rescale_offset ? 1 : 0;
  return {
    ...given,
    do_normalize: true,
    image_mean: once ? image_mean?.map((one) => one + off) : image_std.map(() => off),
    image_std: image_std.map((one) => (once ? one : 1) * (include_top ? one : 1)),
  };
}

/** The side that a number or a square stands for. */
function edgeOf({ size }: Processor): number | undefined {
  if (size === undefined || typeof size === 'number') return size;
  if ('shortest_edge' in size) return size.shortest_edge;
  return size.height === size.width ? size.height : undefined;
}

/** ConvNeXt's rule: pictures of 384 pixels on are stretched, of smaller ones the middle is cut out. */
const STRETCHED = 384;
const USUAL_SHARE = 224 / 256;

function stretchedWhereLarge(given: Processor): Processor {
  const edge = edgeOf(given);
  if (edge === undefined) return given;
  if (edge >= STRETCHED) return { ...given, size: square(edge), do_center_crop: false };
  const size = { shortest_edge: Math.trunc(edge / (given.crop_pct ?? USUAL_SHARE)) };
  return { ...given, size, do_center_crop: true, crop_size: edge };
}

/** PoolFormer's shorter side is larger by a share, which may be said to be none. */
function enlargedByShare(given: Processor): Processor {
  const { crop_pct = 0.9 } = given;
  const edge = edgeOf(given);
  if (crop_pct === null) return given;
  return { ...given, size: edge === undefined ? undefined : { shortest_edge: Math.trunc(edge / crop_pct) } };
}

/** LeViT's shorter side is larger than its file says. */
function enlarged(given: Processor): Processor {
  const { size } = given;
  if (size === undefined || (typeof size === 'object' && 'height' in size)) return given;
  const edge = typeof size === 'number' ? size : size.shortest_edge;
  return { ...given, size: { shortest_edge: Math.trunc((256 / 224) * edge) } };
}

/** Perceiver cuts out the middle square before it resizes, by the share of one size of the other. */
function croppedFirst(given: Processor): Processor {
  const { do_center_crop, crop_size = 256 } = given;
  const [size, whole] = [edgeOf(given), edgeOf({ size: crop_size ?? undefined })];
  if (do_center_crop === false || size === undefined || whole === undefined) return given;
  return { ...given, size: { shortest_edge: whole }, crop_size: size };
}

/** PP-LCNet's shorter side is said apart; its mean and deviation are taken off before blue comes first. */
function byShortSide(given: Processor): Processor {
  const { resize_short = 256, size_divisor, image_mean, image_std } = given;
  return {
    ...given,
    ...(resize_short ? { size: (size_divisor ?? 1) === 1 ? { shortest_edge: resize_short } : undefined } : {}),
    image_mean: image_mean?.toReversed(),
    image_std: image_std?.toReversed(),
    do_flip_channel_order: true,
  };
}
