import type { Manifest } from '@freezeframe/inference';
import type { Scaled } from '#frozen';
import type { StoredNumbers } from '#quantize';
import type { Expectation } from './checks/expected.ts';
import type { PictureChoices } from './choose-input.ts';
import type { Task } from './choose-output.ts';

/** `exact` is of a quantized TensorFlow Lite model: its own stored numbers. */
export const PRECISIONS = ['exact', 'float32', 'int8', 'auto'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** What the user said of the model, its files read. */
export interface ModelChoices {
  readonly pictures: PictureChoices;
  readonly task?: Task | undefined;
  /** From `--labels` or `--label-encoder`: they must fit. The file's own are used where these are absent. */
  readonly labels?: readonly string[] | undefined;
  readonly features?: readonly Scaled[] | undefined;
  readonly values?: readonly Scaled[] | undefined;
  readonly allowNonfinite: boolean;
  readonly precision?: Precision | undefined;
  readonly expectation?: Expectation | undefined;
}

/** What an imported graph was compared with, and how far it was off. */
export interface ImportVerification {
  readonly against: string;
  /** Sizes of the batches that were run. */
  readonly batches: readonly number[];
  /** Of the largest batch, those that the reference answered; the others were held against their answers alone. */
  readonly samples: number;
  /** See `Verification.maxDifference`. */
  readonly maxDifference: number;
  readonly top1Identical?: boolean;
  /** Of the model's own answers from those of `--expected`. */
  readonly expected?: { readonly maxDifference: number };
}

/** A graph that is ready to be saved: chosen, frozen, verified. */
export interface PreparedModel {
  readonly onnx: Uint8Array;
  readonly manifest: Pick<Manifest, 'task' | 'input' | 'output'>;
  /** Float32 where nothing is said. */
  readonly precision?: Manifest['precision'];
  /** What was measured where stored numbers were asked for. */
  readonly figures?: StoredNumbers['figures'];
  readonly notes: readonly string[];
  readonly verification: ImportVerification;
}
