import { expected } from '@freezeframe/inference';
import * as z from 'zod';
import { ImportError, MAX_TENSOR_BYTES, MAX_TENSOR_RANK } from '#guards';
import { entryWithin } from '../../containers/zip/entry-name.ts';

/** More than any published model has. */
const MAX_WEIGHTS = 100_000;

const quantizationSchema = z.object({
  dtype: z.enum(['uint8', 'uint16', 'float16']),
  scale: z.number().optional(),
  min: z.number().optional(),
});
const weightSchema = z.object({
  name: z.string().min(1).max(1000),
  shape: z.array(z.number().int().nonnegative()).max(MAX_TENSOR_RANK),
  dtype: z.string().max(40).default('float32'),
  quantization: quantizationSchema.optional(),
});
const manifestSchema = z.array(
  z.object({ paths: z.array(z.string().max(4096)).max(10_000), weights: z.array(weightSchema).max(MAX_WEIGHTS) }),
);

export type WeightEntry = z.output<typeof weightSchema>;
/** Some files, one after another, hold some tensors, one after another. */
export type WeightGroup = z.output<typeof manifestSchema>[number];

/** @throws ImportError `weights-only` where there is none, `file-damaged` */
export function parseWeightsManifest(value: unknown, where: string): WeightGroup[] {
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ImportError(
    'file-damaged',
    expected(
      'a list of { paths, weights }',
      `weightsManifest${issue ? `.${issue.path.join('.')}` : ''} of ${where}`,
      value,
    ),
    { remedy: 'Export the model again: model.json says where its weights are.', details: { reason: issue?.message } },
  );
}

/** The entry of the source that a path in the manifest means. @throws ImportError `file-hostile` */
export function shardEntry(folder: string, path: string): string {
  return entryWithin(folder, path, 'a shard of the weights');
}

const BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

/** How values lie in the file: what they were quantized to, where they were. */
export function storedType({ dtype, quantization }: WeightEntry): string {
  return quantization?.dtype ?? dtype;
}

/**
 * Bytes of a tensor in the file.
 * @throws ImportError `bad-weights` for text and complex numbers, `limit-exceeded`
 */
export function storedBytes(entry: WeightEntry): number {
  const size = BYTES[storedType(entry)];
  if (size === undefined || BYTES[entry.dtype] === undefined) {
    throw new ImportError(
      'bad-weights',
      expected('float32, int32 or bool', `the dtype of weight ${entry.name}`, entry.dtype),
    );
  }
  const bytes = entry.shape.reduce((n, axis) => n * axis, size);
  if (bytes <= MAX_TENSOR_BYTES) return bytes;
  throw new ImportError('limit-exceeded', expected(`at most ${MAX_TENSOR_BYTES} bytes`, `weight ${entry.name}`, bytes));
}
