import type { GraphBuilder, Value } from '#onnx';
import type { Attributes, LiteOperator, LiteTensor, NodeAttribute } from '#tensorflow';
import type { Operand } from '../tensorflow/operand.ts';
import type { Counted } from './operators/products.ts';
import type { Scale } from './quantization.ts';

/** A tensor while the graph is written. */
export interface LiteOperand {
  /** Of a constant: the file's own, with its data. */
  readonly tensor: LiteTensor;
  /** Where it is there, the graph has stored numbers (uint8), else real ones. */
  readonly scale?: Scale;
  /** What it is in the graph; constants are written when this is asked. @throws Refused */
  readonly operand: () => Operand;
}

/** What a converter is given. */
export interface LiteEmission {
  readonly graph: GraphBuilder;
  readonly operator: LiteOperator;
  readonly inputs: readonly (LiteOperand | undefined)[];
  readonly outputs: readonly LiteTensor[];
  /** An input as the converter's kind wants it: real numbers, or stored ones. @throws Refused where there is none */
  input(index: number): Operand;
  /** The same as a value of the graph. @throws Refused */
  value(index: number): Value;
  /** What the file must tell: axes, sizes, paddings. @throws Refused */
  numbers(index: number): readonly number[];
  /**
   * A filter or matrix, its axes in another order; small in the file where it is quantized.
   * @param data the input that it is multiplied with
   * @throws Refused
   */
  weight(index: number, data: number, perm: readonly number[], dims?: readonly number[]): string;
  /** One number for each channel of what `data` and `filter` give; undefined where it is left out. @throws Refused */
  bias(index: number, data: number, filter: number): string | undefined;
  /** A product of uint8 that TensorFlow Lite rounds in a way of its own; undefined for all else. */
  counted(data: number, filter: number): Counted | undefined;
  /** Two stored inputs as they are in the graph, and the scale of a stored result; undefined where one is not stored. */
  stored():
    | { readonly values: readonly Value[]; readonly scales: readonly Scale[]; readonly output: Scale }
    | undefined;
  /** A constant's stored numbers, its axes in another order. */
  storedWeight(index: number, perm: readonly number[]): string;
  storedBias(index: number): Int32Array | undefined;
  /** What stands for zero in an input, as its numbers are in the graph. */
  zero(index: number): number;
  /** An operator of TensorFlow that does the same. @throws Refused */
  tensorflow(op: string, inputs: readonly Operand[], attributes?: Attributes): Operand | readonly Operand[];
}

export interface LiteConverter {
  /** TensorFlow Lite's names for it. */
  readonly ops: readonly string[];
  /** It moves, repeats or picks numbers: stored ones stay as they are. Others compute with real numbers. */
  readonly keeps?: true;
  /** onnxruntime computes it with stored numbers, where it stands between DequantizeLinear and QuantizeLinear. */
  readonly integers?: true;
  /** One operand for each result, without the activation that an operator may name. @throws Refused */
  emit(emission: LiteEmission): Operand | readonly Operand[];
}

export function option({ options }: LiteOperator, name: string): number {
  const found = options[name];
  return typeof found === 'number' ? found : 0;
}

export function optionList({ options }: LiteOperator, name: string): readonly number[] {
  const found = options[name];
  return typeof found === 'object' ? found : [];
}

/** Attributes as TensorFlow writes them. */
export const flag = (b: boolean | number): NodeAttribute => ({ b: Boolean(b) });
export const integer = (i: number): NodeAttribute => ({ i });
export const decimal = (f: number): NodeAttribute => ({ f });
export const integers = (i: readonly number[]): NodeAttribute => ({ list: { i: [...i] } });

/** Numbers that are known here, as an input. */
export function known(...sizes: readonly number[]): Operand {
  return { kind: 'sizes', sizes, scalar: false };
}
