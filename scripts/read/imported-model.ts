import type { PictureInput } from '@freezeframe/inference';
import type { KerasModel } from '#keras';

/** Ways to turn pixels 0..255 into what a model was trained on: Keras's own names (`keras.applications.*.preprocess_input`). */
export const PREPROCESS_NAMES = ['none', 'unit', 'tf', 'torch', 'caffe', 'teachable-machine'] as const;
export type PreprocessName = (typeof PREPROCESS_NAMES)[number];

/** What a file tells of how its pictures were prepared. */
export interface PictureHints {
  readonly preprocess?: PreprocessName;
  readonly resize?: PictureInput['resize'];
  /** For people: why this is known, e.g. `Teachable Machine's metadata.json`. */
  readonly reason: string;
}

interface Imported {
  /** Stable name of the format, as listed in `formats.ts`: `keras-3`, `tfjs-layers`, `onnx`, ... */
  readonly format: string;
  /** What wrote it, as far as the file tells: `keras 3.15.1`. */
  readonly framework?: string;
  readonly labels?: readonly string[];
  readonly hints?: PictureHints;
  /** What people should know of how it was read. */
  readonly notes: readonly string[];
}

/** A model as a reader answers it: nothing is frozen, checked or saved yet. */
export interface ImportedKerasModel extends Imported {
  readonly kind: 'keras';
  readonly model: KerasModel;
}

/** A model that is a graph already. */
export interface ImportedOnnxModel extends Imported {
  readonly kind: 'onnx';
  readonly onnx: Uint8Array;
}

export type ImportedModel = ImportedKerasModel | ImportedOnnxModel;
