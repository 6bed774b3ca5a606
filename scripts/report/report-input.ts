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

/** Accuracy of models that were trained on `count` pictures of each label, with the bounds of its 95 % interval. */
export interface LearningPoint {
  count: number;
  accuracy: number;
  low: number;
  high: number;
}

export interface UnknownMeasure {
  /** A picture with a larger score shows none of the labels. */
  threshold: number;
  /** Share of pictures of the labels at or below the threshold. */
  recall: number;
  /** Share of other pictures at or below the threshold. */
  falseAccepts: number;
  /** Of pictures of the labels. */
  scores: readonly number[];
  /** Of pictures that show none of them. */
  backgroundScores: readonly number[];
}

/** What a report is made of. File names and labels may hold anything. */
export interface ReportInput {
  kind: 'train' | 'import' | 'evaluate';
  /** NAME@VERSION */
  model: string;
  labels: readonly string[];
  /** How it was measured: "5-fold cross-validation over 460 pictures". */
  how: string;
  pictures: readonly ReportPicture[];
  /** Always answering the commonest label. */
  baseline: { label: string; accuracy: number };
  /** Files that were left out, and why. */
  skipped: readonly { file: string; reason: string }[];
  /** Groups of files that show the same; absent where nobody looked for them. */
  duplicates?: readonly (readonly string[])[];
  learningCurve?: readonly LearningPoint[];
  unknown?: UnknownMeasure;
  /** Size, speed and memory before and after freezing, as people read them. */
  performance?: readonly (readonly [what: string, before: string, after: string])[];
  provenance: readonly (readonly [string, string])[];
}
