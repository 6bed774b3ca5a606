import { dirname, posix, resolve } from 'node:path';
import * as z from 'zod';
import { ImportError, parseJson } from '#guards';
import type { PictureHints } from '../../format-reader.ts';
import type { ClassNames } from '../../labels.ts';
import { type Source, withSiblings } from '../../source.ts';
import { namesFrom } from './metadata.ts';

/** The two files beside a classifier of Hugging Face's transformers. */
const CONFIG = 'config.json';
const PREPROCESSOR = 'preprocessor_config.json';
/** Where models of the hub often are, below those two. */
const SUBFOLDER = 'onnx/';
const MAX_BYTES = 16 * 2 ** 20;

/** What is told of a model there. */
export interface BesideModel extends Partial<ClassNames> {
  readonly hints?: PictureHints;
  /** Several labels may be true at once. */
  readonly independent?: true;
  readonly notes: readonly string[];
}

const numbers = z.array(z.number()).length(3);
const side = z.int().min(1).max(8192);
/** Older files have a number. */
const sides = z.union([side, z.object({ height: side, width: side }), z.object({ shortest_edge: side })]);
const config = z.object({
  architectures: z.array(z.string()).optional(),
  id2label: z.record(z.string(), z.string()).optional(),
  problem_type: z.string().nullish(),
});
const processor = z.object({
  image_processor_type: z.string().optional(),
  feature_extractor_type: z.string().optional(),
  do_resize: z.boolean().optional(),
  size: sides.optional(),
  do_center_crop: z.boolean().nullish(),
  crop_size: sides.optional(),
  crop_pct: z.number().positive().max(1).nullish(),
  resample: z.int().optional(),
  do_rescale: z.boolean().optional(),
  rescale_factor: z.number().positive().optional(),
  do_normalize: z.boolean().nullish(),
  image_mean: numbers.nullish(),
  image_std: numbers.nullish(),
  do_flip_channel_order: z.boolean().optional(),
});
type Processor = z.output<typeof processor>;

interface Usual {
  /** Where the file leaves it out. */
  readonly resample: number;
  readonly crops: boolean;
  /** A number is the shorter side, not both. */
  readonly shorter: boolean;
  /** It scales the shorter side by `crop_pct`, or stretches from 384 pixels on. */
  readonly share?: true;
  /** It has no normalization, and takes blue first. */
  readonly bare?: true;
}

/** The processors of transformers that do what a manifest can say. Others do more: a second scaling, a side by a rule of their own. */
const PROCESSORS: Readonly<Record<string, Usual>> = {
  ViT: { resample: 2, crops: false, shorter: false },
  Siglip: { resample: 3, crops: false, shorter: false },
  DeiT: { resample: 3, crops: true, shorter: false },
  Beit: { resample: 3, crops: true, shorter: false },
  CLIP: { resample: 3, crops: true, shorter: true },
  Bit: { resample: 3, crops: true, shorter: true },
  ConvNext: { resample: 2, crops: false, shorter: true, share: true },
  MobileNetV1: { resample: 2, crops: true, shorter: true },
  MobileNetV2: { resample: 2, crops: true, shorter: true },
  MobileViT: { resample: 2, crops: true, shorter: true, bare: true },
};

/** Pillow's numbers of its filters. */
const KERNELS = ['nearest', 'lanczos3', 'linear', 'cubic'] as const;

/**
 * Labels and preparation from the files that transformers, and what exports from it, put beside a model: in its folder, or in
 * the one above `onnx/`. Undefined where they are not there, or are of another task.
 */
export async function huggingFace(source: Source, entry: string): Promise<BesideModel | undefined> {
  const own = entry.slice(0, entry.length - posix.basename(entry).length);
  const above = source.kind === 'file' ? '../' : own.slice(0, -SUBFOLDER.length);
  const inside = source.kind === 'file' ? `${dirname(resolve(source.path))}/` : own;
  const folders = /(^|[\\/])onnx\/$/.test(inside) ? [own, above] : [own];
  const names = folders.flatMap((folder) => [`${folder}${CONFIG}`, `${folder}${PREPROCESSOR}`]);
  const whole = await withSiblings(source, names);
  for (const folder of folders) {
    const model = await read(whole, `${folder}${CONFIG}`, config);
    if (!model?.architectures?.some((name) => name.endsWith('ForImageClassification'))) continue;
    const pictures = await read(whole, `${folder}${PREPROCESSOR}`, processor);
    return told(model, pictures);
  }
  return undefined;
}

/** Undefined where there is no such file, or it is about something else. */
async function read<T>(source: Source, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  if (!source.entries.some((entry) => entry.name === name)) return undefined;
  try {
    const { success, data } = schema.safeParse(parseJson(await source.read(name, MAX_BYTES), name));
    return success ? data : undefined;
  } catch (error) {
    if (error instanceof ImportError) return undefined;
    throw error;
  }
}

function told(model: z.output<typeof config>, pictures: Processor | undefined): BesideModel {
  const names = model.id2label && namesFrom(JSON.stringify(model.id2label), CONFIG);
  const found = pictures && hintsOf(pictures);
  const notes = [...(names?.notes ?? []), ...(typeof found === 'string' ? [found] : [])];
  return {
    ...(names?.labels ? { labels: names.labels } : {}),
    ...(found && typeof found !== 'string' ? { hints: found } : {}),
    ...(model.problem_type === 'multi_label_classification' ? { independent: true as const } : {}),
    notes,
  };
}

/** How pictures are prepared, or why that is not known. */
export function hintsOf(given: Processor): PictureHints | string {
  const type = given.image_processor_type ?? given.feature_extractor_type ?? '';
  const usual = PROCESSORS[type.replace(/(ImageProcessor|FeatureExtractor)(Fast)?$/, '')];
  if (!usual)
    return `How its pictures are prepared was not read: ${PREPROCESSOR} is for ${type || 'no processor'}, which is not known.`;
  const frame = frameOf(given, usual);
  const normalization = normalizationOf(given, usual);
  if (!frame || !normalization)
    return `How its pictures are prepared was not read: ${PREPROCESSOR} leaves out what is needed.`;
  const kernel = KERNELS[given.resample ?? usual.resample];
  const flips = given.do_flip_channel_order ?? usual.bare === true;
  return {
    ...frame,
    normalization,
    ...(kernel ? { kernel } : {}),
    ...(flips ? { colour: 'bgr' } : {}),
    reason: `its ${PREPROCESSOR} says so (${type})`,
  };
}

function frameOf(
  { size: given, do_resize = true, do_center_crop, crop_size, crop_pct }: Processor,
  { crops, share, shorter }: Usual,
): Pick<PictureHints, 'size' | 'resize' | 'crop'> | undefined {
  if (!do_resize || given === undefined) return undefined;
  const size = typeof given !== 'number' ? given : shorter ? { shortest_edge: given } : square(given);
  if ('shortest_edge' in size && share) {
    const sides = square(size.shortest_edge);
    if (size.shortest_edge >= STRETCHED) return { size: sides, resize: 'stretch', crop: 1 };
    return { size: sides, resize: 'cover', crop: crop_pct ?? USUAL_SHARE };
  }
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

/** ConvNeXt's rule: pictures of 384 pixels on are stretched, of smaller ones the middle is cut out. */
const STRETCHED = 384;
const USUAL_SHARE = 224 / 256;

/** (x * factor - mean) / deviation, of bytes. */
function normalizationOf(
  { do_rescale = true, rescale_factor = 1 / 255, do_normalize, image_mean, image_std }: Processor,
  { bare }: Usual,
): PictureHints['normalization'] | undefined {
  const factor = do_rescale ? rescale_factor : 1;
  if (!(do_normalize ?? !bare)) return { mean: [0], deviation: [1 / factor] };
  if (!image_mean || !image_std?.every((one) => one > 0)) return undefined;
  return { mean: image_mean.map((one) => one / factor), deviation: image_std.map((one) => one / factor) };
}
