import type { ConstantNumber, LearningPoint, Performance, RowValue } from '#evaluate';

/** A picture that was answered. */
export interface ReportPicture {
  /** Where it can be read for its thumbnail. */
  path?: string;
  /** The same, where it is in no file. */
  read?: () => Promise<Uint8Array>;
  /** What it is called. */
  file: string;
  /** What it is. */
  label: string;
  /** The most probable label, and its probability. */
  called: string;
  probability: number;
  /** The probability of `label`. */
  own: number;
  /** False where the answer is "none of these". */
  known?: boolean;
  /** The larger, the less it is like the pictures of the labels. */
  score?: number;
}

export interface UnknownMeasure {
  /** A picture with a larger score shows none of the labels. */
  threshold: number;
  /** Share of pictures of the labels at or below the threshold. */
  recall: number;
  /** Share of other pictures at or below the threshold. */
  falseAccepts: number;
  /** Of pictures of the labels; none where the figures above are those of the training. */
  scores: readonly number[];
  /** Of pictures that show none of them. */
  backgroundScores: readonly number[];
}

interface Common {
  kind: 'train' | 'import' | 'evaluate';
  /** NAME@VERSION */
  model: string;
  /** How it was measured: "by 5-fold cross-validation". */
  how: string;
  /** What was left out, and why. */
  skipped: readonly { file: string; reason: string }[];
  /** What the figures should not be trusted for: sentences. */
  warnings?: readonly string[];
  performance?: Performance;
  provenance: readonly (readonly [string, string])[];
}

/** A model that answers labels. File names and labels may hold anything. */
export interface LabelReport extends Common {
  labels: readonly string[];
  /** What was answered; rows of a table have no thumbnails. */
  counted?: 'pictures' | 'rows';
  pictures: readonly ReportPicture[];
  /** Always answering the commonest label. */
  baseline: { label: string; accuracy: number };
  /** Groups of files that show the same; absent where nobody looked for them. */
  duplicates?: readonly (readonly string[])[];
  learningCurve?: readonly LearningPoint[];
  unknown?: UnknownMeasure;
}

/** A model that answers a number for each row of a table. */
export interface ValueReport extends Common {
  target: { name: string; unit: string };
  rows: readonly RowValue[];
  /** Always answering the median. */
  constant: ConstantNumber;
}

export type ReportInput = LabelReport | ValueReport;
