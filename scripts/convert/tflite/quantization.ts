import { DATATYPE_NUMBERS, type GraphBuilder, renamed, type Value } from '#onnx';
import { ACTIVATIONS, type LiteTensor } from '#tensorflow';
import { Refused } from '../tensorflow/operand.ts';

/**
 * How stored numbers stand for real ones, in uint8. All 8-bit numbers are stored without sign in the graph: int8 is shifted by
 * 128, which changes no answer. onnxruntime's products of uint8 and int8 saturate at 16 bits on x86-64 processors without
 * VNNI; those of uint8 and uint8 are exact on all.
 */
export interface Scale {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

const SHIFTS: Readonly<Record<string, number>> = { UINT8: 0, INT8: 128 };

/** Undefined where a tensor's numbers stand for themselves. @throws Refused for other widths than eight bits */
export function scaleOf({ type, quantization }: LiteTensor): Scale | undefined {
  if (
    !quantization ||
    type === 'FLOAT32' ||
    type === 'FLOAT16' ||
    type === 'INT32' ||
    type === 'INT64' ||
    type === 'BOOL'
  )
    return undefined;
  const shift = SHIFTS[type];
  if (shift === undefined) throw new Refused(`a tensor of ${type}`);
  return { ...quantization, zeroPoints: quantization.zeroPoints.map((point) => point + shift) };
}

/** A constant's stored numbers in uint8. */
export function storedBytes({ type, data = new Uint8Array() }: LiteTensor): Uint8Array {
  // Adding 128 to int8, and taking the result as uint8, turns its highest bit around.
  return type === 'INT8' ? Uint8Array.from(data, (byte) => byte ^ 0x80) : Uint8Array.from(data);
}

export function sameScale(a: Scale, b: Scale): boolean {
  return String(a.scales) === String(b.scales) && String(a.zeroPoints) === String(b.zeroPoints);
}

/** Inputs of ONNX's QuantizeLinear and DequantizeLinear. */
function parameters(graph: GraphBuilder, { scales, zeroPoints }: Scale): [scale: string, zeroPoint: string] {
  const dims = scales.length === 1 ? [] : [scales.length];
  if (zeroPoints.some((point) => point < 0 || point > 255)) throw new Refused(`zero points of [${zeroPoints}]`);
  return [graph.float(scales, dims), graph.constant('uint8', zeroPoints, dims)];
}

/** Real numbers out of stored ones. @param axis of the scales, in the memory's order */
export function dequantized(graph: GraphBuilder, name: string, scale: Scale, axis = 0): string {
  const attributes = scale.scales.length === 1 ? {} : { axis };
  return graph.op('DequantizeLinear', [name, ...parameters(graph, scale)], attributes);
}

/** Real numbers of a tensor. */
export function realValue(graph: GraphBuilder, value: Value, scale: Scale): Value {
  if (scale.scales.length > 1) throw new Refused('scales by channel of what is no weight');
  return { ...renamed(value, dequantized(graph, value.name, scale)), datatype: 'float32' };
}

/**
 * The same without a DequantizeLinear, which onnxruntime takes for a promise that rounding may move: between that and a
 * QuantizeLinear it joins two roundings to one, and rounds float weights to eight bits (onnxruntime 1.30).
 * @param axis of the scales, in the memory's order; @param rank of the tensor
 */
export function multiplied(
  graph: GraphBuilder,
  name: string,
  { scales, zeroPoints }: Scale,
  axis = 0,
  rank = 0,
): string {
  const dims = scales.length === 1 ? [] : Array.from({ length: rank }, (_, i) => (i === axis ? scales.length : 1));
  const real = graph.op('Cast', [name], { to: DATATYPE_NUMBERS.float32 });
  const centred = graph.op('Sub', [real, graph.float(zeroPoints, dims)]);
  return graph.op('Mul', [centred, graph.float(scales, dims)]);
}

export function storedValue(graph: GraphBuilder, value: Value, scale: Scale): Value {
  const [only] = scale.scales;
  if (scale.scales.length > 1 || !(only !== undefined && only > 0))
    throw new Refused(`results with scales [${scale.scales}]`);
  if (value.datatype !== 'float32') throw new Refused(`${value.datatype} as a quantized result`);
  const name = graph.op('QuantizeLinear', [value.name, ...parameters(graph, scale)]);
  return { ...renamed(value, name), datatype: 'uint8' };
}

/** Between which real numbers an activation keeps its results. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  RELU: [0, Number.POSITIVE_INFINITY],
  RELU_N1_TO_1: [-1, 1],
  RELU6: [0, 6],
};

/** Whether all that an activation does is to cut numbers off. */
export function inRange(activation: number): boolean {
  return Object.hasOwn(RANGES, ACTIVATIONS[activation] ?? '');
}

/** @throws Refused for an activation that no operator has */
export function activated(graph: GraphBuilder, value: Value, activation: number): Value {
  const name = ACTIVATIONS[activation];
  if (name === 'NONE') return value;
  if (value.datatype !== 'float32') throw new Refused(`${name} of ${value.datatype}`);
  if (name === 'RELU') return renamed(value, graph.op('Relu', [value.name]));
  if (name === 'TANH') return renamed(value, graph.op('Tanh', [value.name]));
  const range = name === undefined ? undefined : RANGES[name];
  if (!range) throw new Refused(`the activation ${name ?? activation}`);
  return renamed(value, graph.op('Clip', [value.name, ...range.map((end) => graph.float(end))]));
}

/** The same of stored numbers: where quantizing has cut them off at the same ends already, nothing is left to do. */
export function storedActivated(graph: GraphBuilder, value: Value, scale: Scale, activation: number): Value {
  const range = RANGES[ACTIVATIONS[activation] ?? ''];
  if (!range) return value;
  const [size, point] = [scale.scales[0] as number, scale.zeroPoints[0] as number];
  const [least, most] = range.map((end) => Math.min(Math.max(point + Math.round(end / size), 0), 255)) as [
    number,
    number,
  ];
  if (least === 0 && most === 255) return value;
  const ends = [least, most].map((end) => graph.constant('uint8', [end], []));
  return renamed(value, graph.op('Clip', [value.name, ...ends]));
}

/** Of an int32 bias: the product of the scales of what is multiplied. */
export function biasScales(input: Scale, filter: Scale): number[] {
  return filter.scales.map((scale) => Math.fround((input.scales[0] as number) * scale));
}
