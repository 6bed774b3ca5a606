import { create } from '@bufbuild/protobuf';
import type { Preprocess } from '#frozen';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  unusedName,
  ValueInfoProtoSchema,
} from '#onnx';
import { renameValue } from './interface/rename.ts';

/** What stands in front of a graph's only input, or behind its only output: x * scale + offset per channel. */
interface Step {
  readonly op: string;
  readonly operand?: readonly number[];
  readonly to?: number;
  readonly perm?: readonly number[];
}

export interface NewInput {
  /** The name that is asked for; where a value of the graph has it, a number is added. */
  readonly name: string;
  readonly datatype: 'uint8' | 'float32';
  /** null is a free axis. */
  readonly dims: readonly (number | null)[];
  readonly batch: string;
}

/**
 * Makes the graph take bytes, channels last, and prepare them itself. In place.
 * @param inner the graph's own input; `order` and `bytes` say what it takes.
 * @returns the new input's name.
 */
export function prependPicture(
  graph: GraphProto,
  inner: string,
  input: NewInput,
  { scale, offset }: Preprocess,
  own: { readonly order: 'channels-first' | 'channels-last'; readonly bytes: boolean },
): string {
  const steps: Step[] = own.bytes ? [] : [{ op: 'Cast', to: TensorProto_DataType.FLOAT }, ...affine(scale, offset)];
  if (own.order === 'channels-first') steps.push({ op: 'Transpose', perm: [0, 3, 1, 2] });
  return prepend(graph, inner, input, steps);
}

/** Makes the graph take features in their own units, cut to `limits` once they are scaled. In place. */
export function prependScaling(
  graph: GraphProto,
  inner: string,
  input: NewInput,
  { scale, offset }: Preprocess,
  limits?: { readonly low: readonly number[]; readonly high: readonly number[] },
): string {
  const cut = limits
    ? [
        { op: 'Max', operand: limits.low },
        { op: 'Min', operand: limits.high },
      ]
    : [];
  return prepend(graph, inner, input, [...affine(scale, offset), ...cut]);
}

/** Makes the graph answer in other units, under the same name. In place. */
export function appendScaling(graph: GraphProto, output: string, { scale, offset }: Preprocess): void {
  append(graph, output, affine(scale, offset));
}

/** Makes the graph answer an output in float32, under the same name. In place. */
export function appendCast(graph: GraphProto, output: string): void {
  append(graph, output, [{ op: 'Cast', to: TensorProto_DataType.FLOAT }]);
  const type = graph.output.find(({ name }) => name === output)?.type?.value;
  if (type?.case === 'tensorType') type.value.elemType = TensorProto_DataType.FLOAT;
}

function append(graph: GraphProto, output: string, steps: readonly Step[]): void {
  if (steps.length === 0) return;
  const inner = unusedName(graph, `${output}_inner`);
  renameValue(graph, output, inner);
  graph.node.push(...chain(graph, inner, output, steps));
}

function affine(scale: readonly number[], offset: readonly number[]): Step[] {
  const steps: Step[] = [];
  if (scale.some((value) => value !== 1)) steps.push({ op: 'Mul', operand: scale });
  if (offset.some((value) => value !== 0)) steps.push({ op: 'Add', operand: offset });
  return steps;
}

function prepend(graph: GraphProto, inner: string, input: NewInput, steps: readonly Step[]): string {
  const name = unusedName(graph, input.name);
  const own = graph.input.find((info) => info.name === inner)?.type?.value;
  const double = own?.case === 'tensorType' && own.value.elemType === TensorProto_DataType.DOUBLE;
  const all = double ? [...steps, { op: 'Cast', to: TensorProto_DataType.DOUBLE }] : steps;
  const nodes = chain(graph, name, inner, all.length > 0 ? all : [{ op: 'Identity' }]);
  const elemType = input.datatype === 'uint8' ? TensorProto_DataType.UINT8 : TensorProto_DataType.FLOAT;
  const dim = input.dims.map((size, axis) => ({
    value:
      size === null
        ? { case: 'dimParam' as const, value: axis === 0 ? input.batch : `${name}_axis${axis}` }
        : { case: 'dimValue' as const, value: BigInt(size) },
  }));
  const type = { value: { case: 'tensorType' as const, value: { elemType, shape: { dim } } } };
  graph.input = [create(ValueInfoProtoSchema, { name, type }), ...graph.input.filter((info) => info.name !== inner)];
  graph.node = [...nodes, ...graph.node];
  return name;
}

/** Makes each number of an output a probability of its own. In place. */
export function appendSigmoid(graph: GraphProto, output: string): void {
  append(graph, output, [{ op: 'Sigmoid' }]);
}

/** Nodes that lead from one value to another, through names that nothing else has. */
function chain(graph: GraphProto, from: string, to: string, steps: readonly Step[]): NodeProto[] {
  let value = from;
  return steps.map(({ op, operand, to: cast, perm }, i) => {
    const output = i === steps.length - 1 ? to : unusedName(graph, `${to}_${op}`);
    const input = operand ? [value, constant(graph, `${to}_${op}_by`, operand)] : [value];
    const attribute = [];
    if (cast !== undefined) {
      const type = AttributeProto_AttributeType.INT;
      attribute.push(create(AttributeProtoSchema, { name: 'to', type, i: BigInt(cast) }));
    }
    if (perm) {
      const type = AttributeProto_AttributeType.INTS;
      attribute.push(create(AttributeProtoSchema, { name: 'perm', type, ints: perm.map(BigInt) }));
    }
    value = output;
    return create(NodeProtoSchema, {
      name: `freezeframe_${output}_${op}`,
      opType: op,
      input,
      output: [output],
      attribute,
    });
  });
}

function constant(graph: GraphProto, name: string, values: readonly number[]): string {
  const free = unusedName(graph, name);
  const rawData = new Uint8Array(new Float32Array(values).buffer);
  const dims = [BigInt(values.length)];
  graph.initializer.push(
    create(TensorProtoSchema, { name: free, dataType: TensorProto_DataType.FLOAT, dims, rawData }),
  );
  return free;
}
