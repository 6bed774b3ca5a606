import type { GraphBuilder, Value } from '#onnx';
import { type Attributes, type GraphNode, type LiteOperator, type LiteTensor, liteNumbers } from '#tensorflow';
import { permute } from '../emit.ts';
import { emissionOf } from '../tensorflow/emission.ts';
import { given, type Operand, Refused } from '../tensorflow/operand.ts';
import { findOperator as findTensorflow } from '../tensorflow/operators/index.ts';
import { type LiteConverter, type LiteEmission, type LiteOperand, option } from './emission.ts';
import { operandOf, type Writing } from './operands.ts';
import { findOperator } from './operators/index.ts';
import type { Counted } from './operators/products.ts';
import {
  activated,
  biasScales,
  dequantized,
  inRange,
  multiplied,
  realValue,
  type Scale,
  sameScale,
  scaleOf,
  storedActivated,
  storedBytes,
  storedValue,
} from './quantization.ts';

/** The results of one operator, by the numbers of their tensors. @throws Refused */
export function emitOperator(writing: Writing, operator: LiteOperator): (readonly [number, LiteOperand])[] {
  const converter = operator.custom ? undefined : findOperator(operator.name);
  if (!converter)
    throw new Refused(operator.custom ? 'it is an operator of its maker’s own' : 'this operator is not known');
  const { model } = writing;
  const inputs = operator.inputs.map((index) => (index === -1 ? undefined : operandOf(writing, index)));
  // A constant goes on as it is stored: who reads it as a weight keeps it small.
  if (operator.name === 'DEQUANTIZE' && inputs[0]?.tensor.data) return [[operator.outputs[0] as number, inputs[0]]];
  const outputs = operator.outputs.map((index) => model.tensors[index] as LiteTensor);
  for (const { refused } of outputs) if (refused) throw new Refused(refused);
  const emission = new Emission(writing, operator, converter, inputs, outputs);
  const emitted = converter.emit(emission);
  const results = 'kind' in emitted ? [emitted] : emitted;
  if (results.length < outputs.length) throw new Refused(`${outputs.length} results`);
  return outputs.map((tensor, i) => [operator.outputs[i] as number, emission.result(results[i] as Operand, tensor)]);
}

class Emission implements LiteEmission {
  readonly graph: GraphBuilder;
  readonly operator: LiteOperator;
  readonly inputs: readonly (LiteOperand | undefined)[];
  readonly outputs: readonly LiteTensor[];
  readonly #writing: Writing;
  readonly #keeps: boolean;
  readonly #integers: boolean;
  /** Of the results, where they are stored numbers. */
  readonly #target: Scale | undefined;

  constructor(
    writing: Writing,
    operator: LiteOperator,
    { keeps, integers }: LiteConverter,
    inputs: readonly (LiteOperand | undefined)[],
    outputs: readonly LiteTensor[],
  ) {
    this.#writing = writing;
    this.graph = writing.constants.graph;
    this.operator = operator;
    this.inputs = inputs;
    this.outputs = outputs;
    this.#keeps = keeps === true;
    this.#integers = integers === true;
    this.#target = writing.exact && outputs[0] ? scaleOf(outputs[0]) : undefined;
  }

  input(index: number): Operand {
    const input = this.#given(index);
    const operand = input.operand();
    const target = this.#keeps ? this.#target : undefined;
    if (!input.scale) {
      const real =
        operand.kind === 'constant' ? operand.weight.datatype : operand.kind === 'value' && operand.value.datatype;
      return target && real === 'float32' ? this.#stored(operand, target) : operand;
    }
    if (target && sameScale(input.scale, target)) return operand;
    const real = given(this.#real(this.#writing.constants.value(operand), input.scale));
    return target ? this.#stored(real, target) : real;
  }

  value(index: number): Value {
    return this.#writing.constants.value(this.input(index));
  }

  numbers(index: number): readonly number[] {
    return emissionOf(this.#node('', {}), [this.input(index)], this.#writing.constants).numbers(0);
  }

  weight(index: number, data: number, perm: readonly number[], dims?: readonly number[]): string {
    const { tensor } = this.#given(index);
    const { shape = [], quantization } = tensor;
    if (!tensor.data) return this.#computedWeight(index, perm, dims);
    if (shape.length !== perm.length) throw new Refused(`a weight of shape [${shape}]`);
    const scale = scaleOf(tensor);
    if (!scale) {
      const numbers = liteNumbers(tensor);
      if (!(numbers instanceof Float32Array)) throw new Refused(`a weight of ${tensor.type}`);
      const permuted = permute({ shape, data: numbers }, perm);
      return this.graph.weight(tensor.name, dims ?? permuted.shape, permuted.data);
    }
    const permuted = permute({ shape, data: storedBytes(tensor) }, perm);
    const sizes = dims ?? permuted.shape;
    const axis = axisAfter(perm, quantization?.axis ?? 0, sizes, scale);
    const name = this.graph.weight(tensor.name, sizes, permuted.data, 'uint8');
    return this.#exactAt(data)
      ? dequantized(this.graph, name, scale, axis)
      : multiplied(this.graph, name, scale, axis, sizes.length);
  }

  bias(index: number, data: number, filter: number): string | undefined {
    const bias = this.inputs[index];
    if (!bias) return undefined;
    const { tensor } = bias;
    if (tensor.type !== 'INT32') return this.value(index).name;
    const numbers = liteNumbers(tensor);
    const [from, weight] = [this.#given(data).tensor, this.#given(filter).tensor];
    const [inputScale, filterScale] = [scaleOf(from), scaleOf(weight)];
    if (!numbers || !inputScale || !filterScale) throw new Refused('a bias of INT32 beside real numbers');
    const scales = biasScales(inputScale, filterScale);
    checkBias(tensor, scales, this.outputs[0]);
    if (!this.#exactAt(data)) {
      const real = Float32Array.from(numbers, (number, i) => number * (scales[i % scales.length] as number));
      return this.graph.weight(tensor.name, [real.length], real);
    }
    const name = this.graph.weight(tensor.name, [numbers.length], numbers, 'int32');
    const dims = scales.length === 1 ? [] : [scales.length];
    return this.graph.op(
      'DequantizeLinear',
      [name, this.graph.float(scales, dims)],
      dims.length === 0 ? {} : { axis: 0 },
    );
  }

  counted(data: number, filter: number): Counted | undefined {
    const [input, weight] = [this.inputs[data], this.inputs[filter]?.tensor];
    const scale = weight?.data && scaleOf(weight);
    const [output] = this.outputs;
    // XNNPACK, which rounds to the nearest as onnxruntime does, takes over where the file tells the shapes.
    if (input?.tensor.shape?.length && output?.shape?.length) return undefined;
    const kinds = [input?.tensor, weight, output];
    if (!this.#exactAt(data) || !scale || kinds.some((tensor) => tensor?.type !== 'UINT8')) return undefined;
    if (scale.scales.length > 1 || !(scale.scales[0] as number)) return undefined;
    const scales = { data: input?.scale as Scale, filter: scale, output: this.#target as Scale };
    return { scales, data: this.#writing.constants.value(input?.operand()) };
  }

  stored() {
    const scales = this.inputs.map((input) => input?.scale);
    if (!this.#target || !scales.every((scale) => scale?.scales.length === 1)) return undefined;
    const values = this.inputs.map((input) => this.#writing.constants.value(input?.operand()));
    return { values, scales: scales as Scale[], output: this.#target };
  }

  storedWeight(index: number, perm: readonly number[]): string {
    const { tensor } = this.#given(index);
    const { shape, data } = permute({ shape: tensor.shape ?? [], data: storedBytes(tensor) }, perm);
    return this.graph.weight(tensor.name, shape, data, 'uint8');
  }

  storedBias(index: number): Int32Array | undefined {
    const bias = this.inputs[index];
    const numbers = bias && liteNumbers(bias.tensor);
    if (bias && !(numbers instanceof Int32Array)) throw new Refused(`a bias of ${bias.tensor.type} beside uint8`);
    return numbers as Int32Array | undefined;
  }

  zero(index: number): number {
    const target = this.#keeps ? this.#target : undefined;
    return target && this.value(index).datatype === 'uint8' ? (target.zeroPoints[0] as number) : 0;
  }

  tensorflow(op: string, inputs: readonly Operand[], attributes: Attributes = {}): Operand | readonly Operand[] {
    const converter = findTensorflow(op);
    if (!converter) throw new Error(`TensorFlow's operator ${op} is not known`);
    return converter.emit(emissionOf(this.#node(op, attributes), inputs, this.#writing.constants));
  }

  #node(op: string, attributes: Attributes): GraphNode {
    return { name: this.operator.name, op, inputs: [], attributes };
  }

  /** One of the results as it goes on: quantized where it is stored so, its activation behind it. */
  result(operand: Operand, tensor: LiteTensor): LiteOperand {
    if (operand.kind !== 'value') return { tensor, operand: () => operand };
    const { graph } = this;
    const own = this.#writing.exact ? scaleOf(tensor) : undefined;
    const activation = option(this.operator, 'activation');
    if (!own) return finished(tensor, activated(graph, operand.value, activation));
    let { value } = operand;
    // Stored numbers already.
    const kept = value.datatype === 'uint8' ? this.#target : undefined;
    if (kept && !sameScale(kept, own)) value = storedValue(graph, this.#real(value, kept), own);
    if (!kept) value = storedValue(graph, inRange(activation) ? value : activated(graph, value, activation), own);
    return finished(tensor, storedActivated(graph, value, own, activation), own);
  }

  #given(index: number): LiteOperand {
    const input = this.inputs[index];
    if (!input) throw new Refused(`input ${index} is missing`);
    return input;
  }

  #stored(operand: Operand, target: Scale): Operand {
    return given(storedValue(this.graph, this.#writing.constants.value(operand), target));
  }

  /** Whether stored numbers are multiplied with stored ones, and the result is stored. */
  #exactAt(data: number): boolean {
    return this.#target !== undefined && this.inputs[data]?.scale !== undefined;
  }

  #real(value: Value, scale: Scale): Value {
    if (this.#integers || scale.scales.length > 1) return realValue(this.graph, value, scale);
    return { ...value, name: multiplied(this.graph, value.name, scale), datatype: 'float32' };
  }

  #computedWeight(index: number, perm: readonly number[], dims?: readonly number[]): string {
    const { name } = this.graph.toLayout(this.value(index), 'channels-last');
    const permuted = this.graph.op('Transpose', [name], { perm });
    return dims ? this.graph.op('Reshape', [permuted, this.graph.ints(dims)]) : permuted;
  }
}

function finished(tensor: LiteTensor, value: Value, scale?: Scale): LiteOperand {
  return { tensor, operand: () => given(value), ...(scale ? { scale } : {}) };
}

/** Where the axis of the scales is after the axes were put in another order and joined. */
function axisAfter(perm: readonly number[], axis: number, sizes: readonly number[], { scales }: Scale): number {
  if (scales.length === 1) return 0;
  const moved = perm.indexOf(axis);
  if (sizes[moved] === scales.length) return moved;
  if (sizes[0] === scales.length) return 0;
  throw new Refused(`scales along axis ${axis}`);
}

/** TensorFlow Lite computes with the product of the two scales, and refuses a bias whose own scale is another. */
function checkBias({ quantization }: LiteTensor, scales: readonly number[], output: LiteTensor | undefined): void {
  const [own, wanted] = [quantization?.scales[0], scales[0] as number];
  const most = 0.02 * (output?.quantization?.scales[0] ?? wanted);
  if (own !== undefined && Math.abs(own - wanted) > most)
    throw new Refused(`a bias with the scale ${own} where input and filter give ${wanted}`);
}
