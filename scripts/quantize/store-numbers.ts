import type { ManifestDraft } from '@freezeframe/inference';
import {
  choosePrecision,
  type PrecisionFigures,
  type PrecisionRequest,
  type WantedPrecision,
} from './choose-precision.ts';
import { chooseWeights } from './choose-weights.ts';
import { distinctPictures } from './distinct-pictures.ts';

/** How numbers of a model are stored. */
export interface NumbersWanted {
  /** What it computes in; float32 where it is left out. */
  readonly precision?: WantedPrecision | undefined;
  /** What weights of floats are stored in. */
  readonly weights?: 'int8' | undefined;
}

export interface StoredNumbers {
  readonly onnx: Uint8Array;
  readonly precision: ManifestDraft['precision'];
  /** For the manifest's metrics. */
  readonly figures: { readonly precision?: PrecisionFigures; readonly weights?: PrecisionFigures };
  readonly notes: readonly string[];
}

/**
 * Chooses the precision, and makes the weights of what stays in float small where that is asked for.
 * @throws FreezeframeError `precision-not-possible`, `precision-not-held`, `calibration-unusable`, `verification-failed`
 */
export async function storeNumbers(
  { precision: wanted, weights }: NumbersWanted,
  request: Omit<PrecisionRequest, 'wanted'>,
): Promise<StoredNumbers> {
  const pictures = distinctPictures(request.pictures);
  const judged = { ...request, pictures };
  const chosen = wanted && (await choosePrecision({ ...judged, wanted }));
  const first: StoredNumbers = chosen
    ? { ...chosen, figures: { precision: chosen.figures } }
    : { onnx: request.onnx, precision: 'float32', figures: {}, notes: [] };
  // Weights of int8 are bytes already.
  if (weights === undefined || first.precision === 'int8')
    return { ...first, notes: [...first.notes, ...pictures.notes()] };
  const small = await chooseWeights({ ...judged, onnx: first.onnx });
  const figures = { ...first.figures, weights: small.figures };
  return { ...first, onnx: small.onnx, figures, notes: [...first.notes, ...small.notes, ...pictures.notes()] };
}
