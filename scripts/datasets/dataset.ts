import type { PictureShape } from '@freezeframe/inference';

export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

/** Something that was left out, and why. `file` is relative to the data set; for a table `line 7`. */
export interface Skipped {
  file: string;
  reason: string;
}

export interface PictureSplit {
  count: number;
  /** count x height x width x channels, one byte each. */
  pixels: Uint8Array;
  /** For each picture the index of its label. */
  classes: Int32Array;
  /** For each picture its file and the sha256 (hex) of its bytes, where it comes from one. */
  files?: readonly { file: string; path: string; digest: string }[];
}

export interface PictureDataset {
  kind: 'pictures';
  name: string;
  labels: string[];
  /** What a picture must be turned into before it reaches the model: the same in training and in serving. */
  input: PictureShape;
  splits: Record<SplitName, PictureSplit>;
  /** sha256 (hex) over what is in it: every picture's bytes, label and split. */
  digest: string;
  skipped: Skipped[];
  /** What may be odd about the labels. */
  notes?: readonly string[];
}

export interface TableSplit {
  count: number;
  /** count x features, row-major; (value - min) / (max - min), so 0..1 on the training rows. */
  features: Float32Array;
  /** One number a row, scaled like the features. */
  target: Float32Array;
  /** Of each row, see `rowDigest`; where it is one of a table's. */
  digests?: readonly string[];
}

export interface TableDataset {
  kind: 'table';
  name: string;
  /** Smallest and largest value among the training rows; `max` is above `min` even where a column is constant. */
  features: { name: string; min: number; max: number }[];
  target: { name: string; unit: string; min: number; max: number };
  splits: Record<SplitName, TableSplit>;
  digest: string;
  skipped: Skipped[];
  /** How numbers were read that are not written as programs write them. */
  notes: readonly string[];
}

export type Dataset = PictureDataset | TableDataset;

export interface DatasetOptions {
  /** Which split (and for drawn sets which drawings). The same number gives the same data set. Default 1. */
  seed?: number;
  /** Side of the square picture, in pixels. Default 64. */
  size?: number;
  /** 3 (default) for colour, 1 for grey. */
  channels?: 1 | 3;
  /** Tables: the column to predict. Default: the last. */
  target?: string;
  /** Tables: the unit of the answer. Default: what stands in parentheses in the column's name, else none. */
  unit?: string;
  /** Tables: how the bytes of the file are to be read. Default: UTF-8, or UTF-16 where it begins with its mark. */
  encoding?: string;
  /** Where decoded pictures and downloads are kept. Default: `cache/datasets` in the store. */
  cacheDir?: string;
}

/** One kind of data set. To add one: a folder beside these, and a row in `kinds.ts`. */
export interface DatasetKind {
  /** What to type, as the help shows it. */
  readonly spec: string;
  readonly summary: string;
  /** Whether the words of the user mean this kind. Asked in the order of the registry; the first yes loads. */
  claims(spec: string): Promise<boolean>;
  load(spec: string, options: DatasetOptions): Promise<Dataset>;
  /** Where its picture files lie, for kinds that are folders of class folders. */
  folder?(spec: string, options: DatasetOptions): Promise<PictureFolder>;
}

interface PictureFolder {
  readonly root: string;
  /** What the data set is called in reports and manifests. */
  readonly name: string;
}
