import type { LiteOptions } from '#tensorflow';
import type { LayerResult } from '../evaluator/call.ts';
import { type Doubles, wrong } from '../evaluator/doubles.ts';

/** What one operator is given: real numbers, whatever they are stored as. */
export interface LiteCall {
  readonly inputs: readonly (Doubles | undefined)[];
  readonly options: LiteOptions;
  /** Of the first result. */
  readonly type: string;
}

/** Computes one operator of TensorFlow Lite by its definition, without the activation that it may name. */
export type LiteExecutor = (call: LiteCall) => LayerResult;

export function given({ inputs }: LiteCall, index: number): Doubles {
  const input = inputs[index];
  if (!input) throw wrong('a tensor', `input ${index} of an operator`, input);
  return input;
}

export function number({ options }: LiteCall, name: string): number {
  return (options[name] as number | undefined) ?? 0;
}
