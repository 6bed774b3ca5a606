import { type GraphProto, type NodeProto, type TensorProto, TensorProto_DataType } from '#onnx';
import { type Doubles, doubles, map, reshape, transpose, wrong } from '../evaluator/doubles.ts';
import { whole } from './attributes.ts';
import { EXECUTORS } from './operators.ts';
import { convolve } from './windows.ts';

/** What the answers of a graph with stored numbers are compared with. */
export const STORED_EVALUATOR = "Freezeframe's plain integer arithmetic, operator by operator";

/** Bytes, or real numbers, that the graph under test made. */
export interface StoredValues {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface StoredDifference {
  readonly operator: string;
  readonly value: string;
  /** How far the received byte is from being the right one rounded, in steps. */
  readonly difference: number;
  readonly wanted: number;
  readonly received: number;
}

/**
 * Computes operators between `DequantizeLinear` and `QuantizeLinear` in whole numbers from the bytes that the graph gave to them,
 * and compares with the bytes that it made of them. It reads the file alone, and shares nothing with what wrote it.
 * @param computed what they give, by name: another operator may stand there, too, and computes in float as it did before
 * @param received by the name of a value of bytes
 * @returns the largest difference of each operator
 * @throws FreezeframeError `reference-unsupported`
 */
export function checkStored(
  graph: GraphProto,
  computed: ReadonlySet<string>,
  received: (value: string) => StoredValues | undefined,
): StoredDifference[] {
  const file = new QuantizedFile(graph, received);
  return graph.node.flatMap((quantize) => {
    const [value = ''] = quantize.output;
    if (PRODUCTS.includes(quantize.opType) && computed.has(value)) {
      const made = received(value);
      // Its result is no byte but a real number.
      if (!made) return [];
      const wanted = file.compute(quantize, made.shape);
      return [
        { operator: quantize.opType, value, ...compared(wanted, made, FLOAT_STEP * largestOf(wanted), undefined) },
      ];
    }
    if (quantize.opType !== 'QuantizeLinear') return [];
    const [from = '', scale = '', zero = ''] = quantize.input;
    const node = file.producer(from);
    const bytes = received(value);
    if (!node || !bytes || !(computed.has(from) || node.opType === 'DequantizeLinear')) return [];
    const [step, point] = [file.number(scale), file.number(zero)];
    const wanted = node.opType === 'DequantizeLinear' ? file.real(from) : file.compute(node, bytes.shape);
    return [{ operator: node.opType, value: from, ...compared(wanted, bytes, step, point) }];
  });
}

const PRODUCTS = ['Gemm', 'MatMul'];
/** Of the largest of real numbers: float32 rounds each to a tenth of this. */
const FLOAT_STEP = 1e-6;

function largestOf({ data }: Doubles): number {
  return data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
}

class QuantizedFile {
  readonly #constants: ReadonlyMap<string, TensorProto>;
  readonly #producers: ReadonlyMap<string, NodeProto>;
  readonly #received: (value: string) => StoredValues | undefined;

  constructor(graph: GraphProto, received: (value: string) => StoredValues | undefined) {
    this.#constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
    this.#producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
    this.#received = received;
  }

  producer(name: string): NodeProto | undefined {
    return this.#producers.get(name);
  }

  number(name: string): number {
    return this.#numbers(name).data[0] as number;
  }

  /** What the output of a `DequantizeLinear` stands for. */
  real(name: string): Doubles {
    const scale = this.#scale(name);
    return map(this.#steps(name), (steps) => steps * scale);
  }

  compute(node: NodeProto, shape: readonly number[]): Doubles {
    if (node.opType === 'Conv') return this.#product(node, convolve);
    if (node.opType === 'Gemm' || node.opType === 'MatMul') return this.#product(node, matrixProduct);
    const executor = EXECUTORS[node.opType];
    if (!executor) throw wrong('an operator of stored numbers that is known here', 'an operator', node.opType);
    const inputs = node.input.filter((name) => this.#producers.get(name)?.opType === 'DequantizeLinear');
    return executor(
      node,
      inputs.map((name) => this.real(name)),
      shape,
    );
  }

  /** In whole numbers, which the scales are put on in the end. */
  #product(
    node: NodeProto,
    product: (node: NodeProto, x: Doubles, weights: Doubles, bias: Doubles | undefined) => Doubles,
  ) {
    const [x = '', weights = '', bias] = node.input;
    const scales = this.#numbers(this.#producers.get(weights)?.input[1] ?? '').data;
    const sum = product(node, this.#steps(x), this.#steps(weights), bias ? this.#steps(bias) : undefined);
    const input = this.#scale(x);
    const inner = node.opType === 'Conv' ? sum.shape.slice(2).reduce((all, one) => all * one, 1) : 1;
    const data = sum.data.map((value, i) => value * input * (scales[Math.floor(i / inner) % scales.length] as number));
    return { shape: sum.shape, data };
  }

  #scale(name: string): number {
    return this.number(this.#producers.get(name)?.input[1] as string);
  }

  /** Steps from zero. */
  #steps(name: string): Doubles {
    const [bytes = '', , zero] = this.#producers.get(name)?.input ?? [];
    const points = zero ? this.#numbers(zero).data : [0];
    if (points.some((point) => point !== points[0])) throw wrong('one zero point', name, 'several');
    const made = this.#received(bytes);
    const values = made ? doubles(made.shape, made.data) : this.#numbers(bytes);
    return map(values, (value) => value - (points[0] as number));
  }

  #numbers(name: string): Doubles {
    const tensor = this.#constants.get(name);
    if (!tensor) throw wrong('a constant', name, undefined);
    const { buffer } = Uint8Array.from(tensor.rawData);
    const Numbers = ARRAYS[tensor.dataType];
    if (!Numbers) throw wrong('bytes, whole numbers or float32', name, tensor.dataType);
    return doubles(tensor.dims.map(Number), new Numbers(buffer));
  }
}

const ARRAYS: Readonly<Record<number, new (buffer: ArrayBuffer) => ArrayLike<number>>> = {
  [TensorProto_DataType.FLOAT]: Float32Array,
  [TensorProto_DataType.UINT8]: Uint8Array,
  [TensorProto_DataType.INT8]: Int8Array,
  [TensorProto_DataType.INT32]: Int32Array,
};

function matrixProduct(node: NodeProto, x: Doubles, weights: Doubles, bias: Doubles | undefined): Doubles {
  const turned = node.opType === 'Gemm' && whole(node, 'transB', 0) === 1 ? weights : transpose(weights, [1, 0]);
  const [outputs = 0, inputs = 0] = turned.shape;
  const rows = reshape(x, [-1, inputs]);
  const count = rows.shape[0] as number;
  const data = new Float64Array(count * outputs);
  for (let row = 0; row < count; row++)
    for (let output = 0; output < outputs; output++) {
      let sum = bias?.data[output] ?? 0;
      for (let i = 0; i < inputs; i++)
        sum += (rows.data[row * inputs + i] as number) * (turned.data[output * inputs + i] as number);
      data[row * outputs + output] = sum;
    }
  return { shape: [...x.shape.slice(0, -1), outputs], data };
}

/** @param point what stands for 0; undefined for real numbers */
function compared(wanted: Doubles, received: StoredValues, step: number, point: number | undefined) {
  if (String(wanted.shape) !== String(received.shape)) throw wrong(`[${wanted.shape}]`, 'a shape', received.shape);
  let worst = { difference: 0, wanted: 0, received: 0 };
  for (const [i, real] of wanted.data.entries()) {
    const target = point === undefined ? real / step : Math.min(Math.max(real / step + point, 0), 255);
    const value = (received.data[i] as number) / (point === undefined ? step : 1);
    const difference = Math.max(0, Math.abs(target - value) - 0.5);
    // NaN is as far off as can be.
    if (!(difference <= worst.difference)) worst = { difference, wanted: target, received: value };
  }
  return worst;
}
