import { DATATYPE_NUMBERS, fromImage, maxPoolAttributes, memoryAxis, toImage, windowAttributes } from '#onnx';
import { flagOf } from '#tensorflow';
import { type Emission, frontAxis, given, type Operand, type OperatorConverter, Refused } from '../operand.ts';
import { picture, refuseChannelsFirst, sidesOf, windowOf } from './convolution.ts';

function pool(e: Emission, type: string): Operand {
  refuseChannelsFirst(e);
  const x = picture(e);
  const attributesOf = type === 'MaxPool' ? maxPoolAttributes : windowAttributes;
  const { attributes, sides } = windowOf(e, x, sidesOf(e, 'ksize'), undefined, attributesOf);
  const extra = type === 'AveragePool' ? { count_include_pad: 0 } : {};
  const name = e.graph.op(type, [toImage(e.graph, x, 'channels_last')], { ...attributes, ...extra });
  return given(fromImage(name, [x.shape[0] ?? null, ...sides, x.shape[3] ?? null], 'channels_last'));
}

/** Over the axes that the second input names, wherever they lie in memory. */
function reduce(e: Emission, type: string): Operand {
  const [input] = e.inputs;
  if (input?.kind === 'sizes') return reduceSizes(e, type);
  const x = e.value(0);
  const keep = flagOf(e.node.attributes, 'keep_dims') || flagOf(e.node.attributes, 'keepdims');
  const axes = [...new Set(e.numbers(1).map((axis) => frontAxis(axis, x.shape.length)))];
  if (axes.length === 0) return given(x);
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const shape = keep ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  // Without the reduced axes, what is left lies as it should only where its own order is TensorFlow's.
  const movesChannels = !keep && x.layout === 'channels-first' && shape.length > 2;
  const from = movesChannels ? e.graph.toLayout(x, 'channels-last') : x;
  const memory = axes.map((axis) => memoryAxis(from, axis));
  const name = e.graph.op(type, [from.name, e.graph.ints(memory)], { keepdims: keep ? 1 : 0 });
  return given({ ...from, name, shape, layout: keep ? from.layout : 'channels-last' });
}

/** How many cells there are: the product of sizes. */
function reduceSizes(e: Emission, type: string): Operand {
  const sizes = e.sizes(0);
  if (type !== 'ReduceProd' || sizes.filter((size) => size === null).length > 1) throw new Refused('an input of sizes');
  const product = sizes.reduce<number | null>((n, size) => (n === null || size === null ? null : n * size), 1);
  return { kind: 'sizes', sizes: [product], scalar: !flagOf(e.node.attributes, 'keep_dims') };
}

function argument(e: Emission, type: string): Operand {
  const x = e.graph.toLayout(e.value(0), 'channels-last');
  const axis = frontAxis(e.inputs.length > 1 ? (e.numbers(1)[0] ?? 0) : 0, x.shape.length);
  const found = e.graph.op(type, [x.name], { axis, keepdims: 0 });
  const name = e.graph.op('Cast', [found], { to: DATATYPE_NUMBERS.int32 });
  return given({ ...x, name, shape: x.shape.filter((_, i) => i !== axis), datatype: 'int32' });
}

const REDUCTIONS = { Mean: 'ReduceMean', Max: 'ReduceMax', Min: 'ReduceMin', Sum: 'ReduceSum', Prod: 'ReduceProd' };

export const POOLING: readonly OperatorConverter[] = [
  { ops: ['MaxPool'], emit: (e) => pool(e, 'MaxPool') },
  { ops: ['AvgPool'], emit: (e) => pool(e, 'AveragePool') },
  ...Object.entries(REDUCTIONS).map(([op, type]): OperatorConverter => ({ ops: [op], emit: (e) => reduce(e, type) })),
  { ops: ['ArgMax'], emit: (e) => argument(e, 'ArgMax') },
  { ops: ['ArgMin'], emit: (e) => argument(e, 'ArgMin') },
];
