import { expected, FreezeframeError } from '@freezeframe/inference';
import { type Shape, TensorArgument, type WeightSpec } from '#keras';
import { asKeras, fixed, type Value } from '#onnx';
import { type BoundCall, type EmitContext, trained } from '../layer.ts';
import { allOf, causal, expanded, within } from './scores.ts';

/** The parameters of a call of Keras's layers with heads. Masks of whole tensors come with the tensors. */
export const HEADS_SIGNATURE = [
  'query|inputs',
  'value',
  'key',
  'query_mask',
  'value_mask',
  'key_mask',
  'attention_mask',
  'return_attention_scores',
  'training',
  'use_causal_mask',
] as const;

interface HeadsInputs<T> {
  readonly query: T;
  readonly value: T;
  readonly key: T;
  /** The key was given by itself. */
  readonly ownKey: boolean;
}

/** Which input is which. Keras 2 may give query and value as one list. */
export function headsInputs<T>(call: BoundCall, inputs: readonly T[]): HeadsInputs<T> {
  const at = (name: string, fallback: number) => {
    const argument = call[name];
    return argument instanceof TensorArgument ? inputs[argument.index] : inputs[fallback];
  };
  const query = at('query', 0);
  const value = call.value === undefined && call.query instanceof TensorArgument ? undefined : at('value', 1);
  if (query === undefined || value === undefined) {
    throw new FreezeframeError(
      'bad-topology',
      expected('a query and a value', 'the call of an attention layer', inputs.length),
    );
  }
  const key = call.key instanceof TensorArgument ? (inputs[call.key.index] as T) : value;
  return { query, value, key, ownKey: call.key instanceof TensorArgument };
}

function tensorIn(call: BoundCall, name: string, inputs: readonly Value[]): Value | undefined {
  const argument = call[name];
  return argument instanceof TensorArgument ? (inputs[argument.index] as Value) : undefined;
}

function bool({ graph }: EmitContext, value: Value): string {
  const plain = asKeras(graph, value);
  return plain.datatype === 'bool' ? plain.name : graph.op('Cast', [plain.name], { to: 9 });
}

/** All masks of a call as one, [batch, query time, value time] or what broadcasts to it; undefined where there is none. */
export function headsMask(
  context: EmitContext,
  call: BoundCall,
  inputs: readonly Value[],
  window: number | undefined,
): string | undefined {
  const { graph } = context;
  const { query, value, key, ownKey } = headsInputs(call, inputs);
  const own = (name: string, of: Value, axis: number) => {
    const given = tensorIn(call, name, inputs);
    return expanded(graph, given ? bool(context, given) : of.mask, [axis]);
  };
  const given = tensorIn(call, 'attention_mask', inputs);
  return allOf(graph, [
    own('query_mask', query, 2),
    own('value_mask', value, 1),
    ownKey ? own('key_mask', key, 1) : undefined,
    call.use_causal_mask === true ? causal(graph, query, value, 1) : undefined,
    window === undefined ? undefined : within(graph, query, value, 1, window),
    given && bool(context, given),
  ]);
}

/** Kernel and bias of one of the products inside. */
export function productWeights(
  name: string,
  kernel: readonly number[],
  bias: readonly number[],
  use: boolean,
): WeightSpec[] {
  const product = trained(`${name}/kernel`, kernel, 'glorot_uniform');
  return use ? [product, trained(`${name}/bias`, bias, 'zeros')] : [product];
}

/** Last axis times a kernel [in, heads, size], with its bias: [..., heads, size]. */
export function toHeads(
  context: EmitContext,
  name: string,
  x: Value,
  heads: number,
  size: number,
  bias: boolean,
): Value {
  const { graph } = context;
  const plain = asKeras(graph, x);
  const inputs = fixed(x.shape, -1);
  const kernel = context.weight(`${name}/kernel`, { perm: [0, 1, 2], dims: [inputs, heads * size] });
  const product = graph.op('MatMul', [plain.name, kernel]);
  const flat = bias
    ? graph.op('Add', [product, context.weight(`${name}/bias`, { perm: [0, 1], dims: [heads * size] })])
    : product;
  const sizes = graph.op('Concat', [graph.op('Shape', [plain.name], { end: -1 }), graph.ints([heads, size])], {
    axis: 0,
  });
  const { mask: _, ...rest } = plain;
  return { ...rest, name: graph.op('Reshape', [flat, sizes]), shape: [...x.shape.slice(0, -1), heads, size] };
}

/** [..., heads, size] times a kernel [heads, size, ...out], with its bias. */
export function fromHeads(context: EmitContext, name: string, x: Value, out: readonly number[], bias: boolean): Value {
  const { graph } = context;
  const [heads, size] = [fixed(x.shape, -2), fixed(x.shape, -1)];
  const total = out.reduce((product, one) => product * one, 1);
  const axes = Array.from({ length: 2 + out.length }, (_, i) => i);
  const kernel = context.weight(`${name}/kernel`, { perm: axes, dims: [heads * size, total] });
  const outer = graph.op('Shape', [x.name], { end: -2 });
  const rows = graph.op('Reshape', [x.name, graph.op('Concat', [outer, graph.ints([heads * size])], { axis: 0 })]);
  const product = graph.op('MatMul', [rows, kernel]);
  const moved = bias
    ? graph.op('Add', [product, context.weight(`${name}/bias`, { perm: out.map((_, i) => i), dims: [total] })])
    : product;
  const shape: Shape = [...x.shape.slice(0, -2), ...out];
  if (out.length === 1) return { ...x, name: moved, shape };
  const sizes = graph.op('Concat', [outer, graph.ints(out)], { axis: 0 });
  return { ...x, name: graph.op('Reshape', [moved, sizes]), shape };
}
