import type { PictureInput } from '@freezeframe/inference';
import type { LayerPlan } from '#convert';
import type { KerasModel } from '#keras';
import type { GraphModel, LiteModel } from '#tensorflow';
import type { Source } from './source.ts';

/** What a file tells of how its pictures were prepared. */
export interface PictureHints {
  readonly preprocess?: 'teachable-machine';
  /** (x - mean) / deviation of bytes, for all channels or for each, in the order in which the model takes them. */
  readonly normalization?: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  readonly resize?: PictureInput['resize'];
  readonly crop?: PictureInput['crop'];
  readonly kernel?: PictureInput['kernel'];
  /** Of three channels. */
  readonly colour?: 'rgb' | 'bgr';
  /** Where the model leaves it open. */
  readonly size?: { readonly height: number; readonly width: number };
  /** For people: why this is known, e.g. `Teachable Machine's metadata.json`. */
  readonly reason: string;
}

interface Imported {
  /** Stable name of the format, as listed in `formats/index.ts`: `keras-3`, `tfjs-layers`, `onnx`, ... */
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
  /** What its one output went through last, where that is known from elsewhere than the graph. */
  readonly activation?: 'softmax' | 'sigmoid' | 'none';
  /** Several labels may be true at once, as what lies beside the file says: numbers without an activation are for a sigmoid. */
  readonly independent?: true;
  /** What its layers are called, where the graph was written here. */
  readonly layers?: readonly string[];
}

/** A graph of TensorFlow's operators. */
export interface ImportedGraphModel extends Imported {
  readonly kind: 'tensorflow';
  readonly graphModel: GraphModel;
}

/** A graph of TensorFlow Lite's operators. */
export interface ImportedLiteModel extends Imported {
  readonly kind: 'tflite';
  readonly lite: LiteModel;
}

export type ImportedModel = ImportedKerasModel | ImportedOnnxModel | ImportedGraphModel | ImportedLiteModel;

/** One format: how it is recognised and read. One folder each, listed in `formats/index.ts`. */
export interface FormatReader {
  /** Stable name: stands in manifests and in `--json`. */
  readonly format: string;
  /** For people: `Keras 3 (.keras)`. */
  readonly title: string;
  /** By content, never by file name alone. Cheap: it is asked of every source. */
  recognises(source: Source): Promise<boolean>;
  /** @throws ImportError */
  read(source: Source): Promise<ImportedModel>;
}
