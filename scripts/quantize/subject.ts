import { FreezeframeError } from '@freezeframe/inference';
import type { Samples } from '#frozen';
import type { AnswerOutputs } from './judge/answers.ts';

/** Pictures that ranges are taken from, and that the result is judged by. Read one by one, some of them several times. */
export interface CalibrationPictures {
  readonly count: number;
  /** Pictures from this one on judge, and those before give ranges. Dealt out by chance where it is left out. */
  readonly judgeFrom?: number;
  /** The number of its label among the model's; undefined where it is not known. */
  label(picture: number): number | undefined;
  /** As the graph takes them; undefined where the file cannot be read. */
  read(picture: number): Promise<Samples | undefined>;
}

export interface QuantizeSubject {
  /** The float graph: what it answers is what int8 is held against. */
  readonly onnx: Uint8Array;
  readonly answers: AnswerOutputs;
  readonly pictures: CalibrationPictures;
  /** Weights by name: what is multiplied with them stays in float. */
  readonly floatWeights?: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
  onProgress?(what: string, done: number, total: number): void;
}

export function throwIfAborted({ signal }: Pick<QuantizeSubject, 'signal'>): void {
  if (!signal?.aborted) return;
  throw new FreezeframeError('interrupted', 'Stopped while int8 was tried', {
    remedy: 'Nothing was saved. The same command begins with int8 again.',
  });
}
