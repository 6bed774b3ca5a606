import type { PictureHints } from './format-reader.ts';

/** What Ultralytics writes into its ONNX files, and into a zip behind its TensorFlow Lite models. */
export interface UltralyticsMetadata {
  readonly task?: unknown;
  readonly description?: unknown;
}

/** Ultralytics' classifiers take the middle square, and x / 255; what else it makes takes other pictures. */
export function ultralyticsHints({ task, description }: UltralyticsMetadata): PictureHints | undefined {
  if (task !== 'classify' || typeof description !== 'string' || !description.startsWith('Ultralytics'))
    return undefined;
  const normalization = { mean: [0], deviation: [255] };
  return { normalization, resize: 'cover', reason: "its metadata says that it is Ultralytics' classifier" };
}
