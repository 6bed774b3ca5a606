import { dirname, posix, resolve } from 'node:path';
import * as z from 'zod';
import { ImportError, parseJson } from '#guards';
import type { PictureHints } from '../../format-reader.ts';
import type { ClassNames } from '../../labels.ts';
import { type Source, withSiblings } from '../../source.ts';
import { hintsOf, type Processor, processor } from './image-processors.ts';
import { namesFrom } from './metadata.ts';

/** The two files beside a classifier of Hugging Face's transformers. */
const CONFIG = 'config.json';
const PREPROCESSOR = 'preprocessor_config.json';
/** Where models of the hub often are, below those two. */
const SUBFOLDER = 'onnx/';
const MAX_BYTES = 16 * 2 ** 20;
/** Also `DeiTForImageClassificationWithTeacher`, `PerceiverForImageClassificationLearned`. */
const CLASSIFIER = /ForImageClassification/;

/** What is told of a model there. */
export interface BesideModel extends Partial<ClassNames> {
  readonly hints?: PictureHints;
  /** Several labels may be true at once. */
  readonly independent?: true;
  readonly notes: readonly string[];
}

const config = z.object({
  architectures: z.array(z.string()).optional(),
  id2label: z.record(z.string(), z.string()).optional(),
  problem_type: z.string().nullish(),
});
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
    if (!model?.architectures?.some((name) => CLASSIFIER.test(name))) continue;
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
  const found = pictures && hintsOf(pictures, PREPROCESSOR);
  const notes = [...(names?.notes ?? []), ...(typeof found === 'string' ? [found] : [])];
  return {
    ...(names?.labels ? { labels: names.labels } : {}),
    ...(found && typeof found !== 'string' ? { hints: found } : {}),
    ...(model.problem_type === 'multi_label_classification' ? { independent: true as const } : {}),
    notes,
  };
}
