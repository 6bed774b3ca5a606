import type { PictureInput } from '@freezeframe/inference';
import type { LayerPlan } from '#convert';
import type { KerasModel } from '#keras';
import type { GraphModel } from '#tensorflow';

/** What a file tells of how its pictures were prepared. */
export interface PictureHints {
  readonly preprocess?: 'teachable-machine';
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
  /** Of the model's layers: what reading the weights asked for, and freezing goes on with. */
  readonly plan: LayerPlan;
}

/** A model that is a graph already. */
export interface ImportedOnnxModel extends Imported {
  readonly kind: 'onnx';
  readonly onnx: Uint8Array;
}

/** A graph of TensorFlow's operators. */
export interface ImportedGraphModel extends Imported {
  readonly kind: 'tensorflow';
  readonly graphModel: GraphModel;
}

export type ImportedModel = ImportedKerasModel | ImportedOnnxModel | ImportedGraphModel;
