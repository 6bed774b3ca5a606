import { expected, FreezeframeError, type ManifestDraft } from '@freezeframe/inference';
import { formatAmount, formatBytes } from '#terminal';
import { LEAST_AGREEMENT, MOST_DROP } from './judge/answers.ts';
import { type Timing, timeBoth } from './judge/timing.ts';
import { type StoredVerification, verifyStored } from './judge/verify.ts';
import { agreementOn, notesOnChoices, percent } from './judge/words.ts';
import { firstSamples, type Quantized, quantize } from './quantize.ts';
import type { CalibrationPictures, QuantizeSubject } from './subject.ts';

/** `auto` keeps int8 only where it answers as float does and is faster; `int8` fails where it does not. */
export type WantedPrecision = 'int8' | 'auto';

export interface PrecisionRequest extends Pick<QuantizeSubject, 'floatWeights' | 'signal' | 'onProgress'> {
  readonly wanted: WantedPrecision;
  readonly onnx: Uint8Array;
  readonly manifest: Pick<ManifestDraft, 'task' | 'input' | 'output'>;
  readonly pictures: CalibrationPictures;
}

export interface ChosenPrecision {
  readonly onnx: Uint8Array;
  readonly precision: ManifestDraft['precision'];
  /** For the manifest: the block `precision` of its metrics. */
  readonly figures: PrecisionFigures;
  /** In words, for the terminal. */
  readonly notes: readonly string[];
}

/** What was measured, whatever was kept. */
export type PrecisionFigures = ManifestDraft['metrics'][string] & object;

/** Below it, int8 is faster by more than chance. */
const FASTER = 0.97;

/**
 * Quantizes a frozen picture classifier, holds it against the float graph, and keeps what was asked for.
 * @throws FreezeframeError `precision-not-possible`, `precision-not-held`, `calibration-unusable`, `verification-failed`
 */
export async function choosePrecision(request: PrecisionRequest): Promise<ChosenPrecision> {
  const { wanted, onnx, manifest, pictures } = request;
  const { output } = manifest;
  if (manifest.input.kind !== 'picture' || output.kind !== 'classification') {
    const received = `one of ${manifest.input.kind} that answers ${output.kind}`;
    return declined(
      request,
      new FreezeframeError('precision-not-possible', expected('a picture classifier', '--precision', received), {
        remedy: 'Leave out --precision.',
      }),
    );
  }
  const { name, activation, unknown } = output;
  const subject: QuantizeSubject = {
    onnx,
    answers: { name, activation, unknown },
    pictures,
    ...(request.floatWeights ? { floatWeights: request.floatWeights } : {}),
    signal: request.signal,
    onProgress: (...progress) => request.onProgress?.(...progress),
  };
  const samples = await firstSamples(subject, 2);
  let [quantized, verification]: [Quantized?, StoredVerification?] = [];
  try {
    quantized = await quantize(subject);
    verification = await verifyStored(quantized.rewritten, samples);
  } catch (error) {
    if (error instanceof FreezeframeError && OF_THE_MODEL.includes(error.code)) return declined(request, error);
    throw error;
  }
  const timing = await timeBoth(onnx, quantized.rewritten.onnx, samples[0] as (typeof samples)[number]);
  const reason = reasonAgainst(wanted, quantized, timing);
  const kept = reason === undefined ? 'int8' : 'float32';
  const figures = figuresOf(request, quantized, timing, verification, kept, reason);
  if (wanted === 'int8' && reason !== undefined) throw notHeld(reason, figures);
  const notes = notesOn(quantized, timing, kept, reason, onnx.byteLength);
  return { onnx: kept === 'int8' ? quantized.rewritten.onnx : onnx, precision: kept, figures, notes };
}

/** What may be wrong with int8 for a model that is right in float. */
const OF_THE_MODEL = ['precision-not-possible', 'model-unreadable', 'reference-unsupported', 'verification-failed'];

/** int8 cannot be had: that is what `auto` is for. */
function declined({ wanted, onnx }: PrecisionRequest, error: FreezeframeError): ChosenPrecision {
  if (wanted === 'int8') throw error;
  const reason = error.message;
  const figures = { wanted, kept: 'float32', reason };
  return { onnx, precision: 'float32', figures, notes: [`It stays in float32: ${reason}.`] };
}

function reasonAgainst(wanted: WantedPrecision, { holds, judgement, gated }: Quantized, { ratio }: Timing) {
  const { agreement, count, top1Float = 0, top1Int8 = 0 } = judgement;
  if (!holds && agreement < LEAST_AGREEMENT)
    return `the first choice of int8 is that of float on ${agreementOn(judgement)}, and ${percent(LEAST_AGREEMENT)} is the least`;
  if (!holds)
    return `int8 is right on ${percent(top1Int8)} of ${count} pictures where float is on ${percent(top1Float)}, and ${MOST_DROP * 100} points less is the most`;
  // Integers have no sigmoid: such a net may be slower.
  if ((wanted === 'auto' || gated) && ratio > FASTER)
    return `int8 takes ${ratio.toFixed(2)} of the time that float takes on this machine`;
  return undefined;
}

function notHeld(reason: string, figures: PrecisionFigures): FreezeframeError {
  return new FreezeframeError('precision-not-held', `int8 does not hold: ${reason}`, {
    details: { figures },
    remedy:
      'Nothing was saved. --precision auto keeps float32 in this case; more pictures like those that will be asked about help.',
  });
}

function figuresOf(
  { wanted, onnx }: PrecisionRequest,
  { rewritten, method, judgement, judgedBy, calibratedOn, left, stored, layers }: Quantized,
  { float, int8, ratio }: Timing,
  verification: StoredVerification,
  kept: string,
  reason: string | undefined,
): PrecisionFigures {
  return {
    wanted,
    kept,
    ...(reason === undefined ? {} : { reason }),
    ...judgement,
    judgedBy,
    calibratedOn,
    ranges: method,
    layers: { stored, of: layers, left: [...left] },
    milliseconds: { float, int8, ratio },
    bytes: { float: onnx.byteLength, int8: rewritten.onnx.byteLength },
    verification: { ...verification },
  };
}

function notesOn(
  { judgement, judgedBy, stored, layers, method, rewritten }: Quantized,
  { float, int8, ratio }: Timing,
  kept: string,
  reason: string | undefined,
  bytes: number,
): string[] {
  const { labelled, top1Float = 0, top1Int8 = 0 } = judgement;
  if (kept === 'float32') return [`It stays in float32: ${reason}.`];
  const how = judgedBy === 'held-out' ? 'that no range was taken from' : 'each judged by the ranges of others';
  const right = labelled > 0 ? ` It is right on ${percent(top1Int8)}, float on ${percent(top1Float)}.` : '';
  return [
    `int8: the same first choice as float on ${agreementOn(judgement, how)}.${right}`,
    `${stored} of ${layers} layers compute with stored numbers (${method}): ${formatAmount(int8, 'ms', 2)} instead of ${formatAmount(float, 'ms', 2)} (${ratio.toFixed(2)}x), ${formatBytes(rewritten.onnx.byteLength)} instead of ${formatBytes(bytes)}.`,
    ...notesOnChoices(judgement.choices),
  ];
}
