import { posix } from 'node:path';
import type { LiteModel } from '#tensorflow';

/** What Teachable Machine calls its three exports for TensorFlow Lite. */
const FILES = new Set(['model_unquant.tflite', 'model.tflite', 'model_edgetpu.tflite']);

/** A file that its maker put beside a `labels.txt`, under a name that says so. */
export function hasTeachableName(entry: string): boolean {
  return FILES.has(posix.basename(entry));
}

/**
 * Whether a model is of the shape that Teachable Machine gives its exports: 224 x 224 x 3, layers that TensorFlow.js has
 * numbered, and a `labels.txt` beside one of three names.
 */
export function madeByTeachableMachine(
  { inputs, tensors }: LiteModel,
  labels: string | undefined,
  entry: string,
): boolean {
  const [input, ...more] = inputs;
  const named = posix.basename(labels ?? '') === 'labels.txt' && hasTeachableName(entry);
  const numbered = /(^|_)sequential_\d+_input/.test(input?.name ?? '');
  return more.length === 0 && String(tensors[input?.tensor ?? -1]?.shape) === '1,224,224,3' && named && numbered;
}
