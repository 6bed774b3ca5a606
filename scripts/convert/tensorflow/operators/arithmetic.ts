import { broadcastDims, DATATYPE_NUMBERS, type GraphBuilder, type Value } from '#onnx';
import { datatypeOf, flagOf, textOf } from '#tensorflow';
import { broadcast, type Emission, given, type Operand, type OperatorConverter, Refused } from '../operand.ts';
import { activated } from './activation.ts';
import { fusedSteps } from './convolution.ts';

/** ONNX's operator, and the same for sizes. */
const BINARY: Readonly<Record<string, readonly [type: string, sizes: (a: number, b: number) => number]>> = {
  Add: ['Add', (a, b) => a + b],
  AddV2: ['Add', (a, b) => a + b],
  Sub: ['Sub', (a, b) => a - b],
  Mul: ['Mul', (a, b) => a * b],
  RealDiv: ['Div', (a, b) => a / b],
  Div: ['Div', (a, b) => a / b],
  Maximum: ['Max', Math.max],
  Minimum: ['Min', Math.min],
  Pow: ['Pow', (a, b) => a ** b],
};

/** Two tensors that are broadcast, cell by cell; on sizes of shapes it is worked out here. */
function binary(e: Emission, type: string, onSizes: (a: number, b: number) => number): Operand {
  const sized = e.inputs.some(({ kind }) => kind === 'sizes') && e.inputs.every(({ kind }) => kind !== 'value');
  if (sized) return sizesOf(e, onSizes);
  const [a, b] = aligned(e.graph, e.value(0), e.value(1));
  if (a.datatype !== b.datatype) throw new Refused(`${a.datatype} and ${b.datatype}`);
  return given({ ...a, name: e.graph.op(type, [a.name, b.name]), shape: broadcast(a.shape, b.shape) });
}

function sizesOf(e: Emission, apply: (a: number, b: number) => number): Operand {
  const [a, b] = [e.sizes(0), e.sizes(1)];
  const length = Math.max(a.length, b.length);
  const at = (list: readonly (number | null)[], i: number) => (list.length === 1 ? list[0] : list[i]) ?? null;
  const sizes = Array.from({ length }, (_, i) => {
    const [x, y] = [at(a, i), at(b, i)];
    return x === null || y === null ? null : apply(x, y);
  });
  return { kind: 'sizes', sizes, scalar: isScalar(e.inputs[0]) && isScalar(e.inputs[1]) };
}

function isScalar(operand: Operand | undefined): boolean {
  if (operand?.kind === 'sizes') return operand.scalar;
  return operand?.kind === 'constant' && operand.weight.shape.length === 0;
}

/** Both with the same order of memory, so that cells meet. */
function aligned(graph: GraphBuilder, a: Value, b: Value): [Value, Value] {
  if (a.layout === b.layout && a.shape.length === b.shape.length) return [a, b];
  const first = alongChannels(graph, a, b);
  if (first) return [a, first];
  const second = alongChannels(graph, b, a);
  if (second) return [second, b];
  return [graph.toLayout(a, 'channels-last'), graph.toLayout(b, 'channels-last')];
}

/** A number, or one number for each channel, laid along the channels of a picture that has them first. */
function alongChannels(graph: GraphBuilder, whole: Value, part: Value): Value | undefined {
  if (whole.layout === 'channels-last' || part.shape.length > whole.shape.length) return undefined;
  const channels = part.shape.at(-1) ?? 1;
  if (channels === null || !part.shape.slice(0, -1).every((size) => size === 1)) return undefined;
  const name = graph.op('Reshape', [part.name, graph.ints(broadcastDims(whole, -1, channels))]);
  const shape = [...whole.shape.slice(0, -1).map(() => 1), channels];
  return { ...part, name, shape, layout: whole.layout };
}

function biasAdd(e: Emission): Operand {
  const format = textOf(e.node.attributes, 'data_format', 'NHWC');
  if (format !== 'NHWC') throw new Refused(`data_format ${format}`);
  return binary(e, 'Add', (a, b) => a + b);
}

/** x·y of the two last axes, transposed as asked. */
function product(e: Emission, flags: readonly [string, string]): Value {
  const [a, b] = [0, 1].map((i) => {
    const x = e.graph.toLayout(e.value(i), 'channels-last');
    if (!flagOf(e.node.attributes, flags[i] as string)) return x;
    const rank = x.shape.length;
    const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
    return {
      ...x,
      name: e.graph.op('Transpose', [x.name], { perm }),
      shape: perm.map((axis) => x.shape[axis] ?? null),
    };
  }) as [Value, Value];
  if (a.shape.length < 2 || b.shape.length < 2 || a.shape.at(-1) !== b.shape.at(-2)) {
    throw new Refused(`a product of [${a.shape}] and [${b.shape}]`);
  }
  const shape = [
    ...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)),
    a.shape.at(-2) ?? null,
    b.shape.at(-1) ?? null,
  ];
  return { ...a, name: e.graph.op('MatMul', [a.name, b.name]), shape };
}

function fusedProduct(e: Emission): Operand {
  const steps = fusedSteps(e);
  let result = product(e, ['transpose_a', 'transpose_b']);
  const biased = steps[0] === 'BiasAdd';
  if (biased) result = { ...result, name: e.graph.op('Add', [result.name, e.value(2).name]) };
  const activation = steps[biased ? 1 : 0];
  return given(activation ? activated(e, result, activation, biased ? 3 : 2) : result);
}

export const ARITHMETIC: readonly OperatorConverter[] = [
  ...Object.entries(BINARY).map(
    ([op, [type, onSizes]]): OperatorConverter => ({ ops: [op], emit: (e) => binary(e, type, onSizes) }),
  ),
  { ops: ['BiasAdd'], emit: biasAdd },
  {
    ops: ['SquaredDifference'],
    emit: (e) => {
      const difference = binary(e, 'Sub', (a, b) => a - b);
      if (difference.kind !== 'value') throw new Refused('sizes');
      const { value } = difference;
      return given({ ...value, name: e.graph.op('Mul', [value.name, value.name]) });
    },
  },
  {
    ops: ['AddN'],
    emit: (e) => {
      const values = e.inputs.map((_, i) => e.graph.toLayout(e.value(i), 'channels-last'));
      return given({
        ...(values[0] as Value),
        name: e.graph.op(
          'Sum',
          values.map(({ name }) => name),
        ),
      });
    },
  },
  { ops: ['MatMul', '_FusedMatMul'], emit: fusedProduct },
  { ops: ['BatchMatMul', 'BatchMatMulV2'], emit: (e) => given(product(e, ['adj_x', 'adj_y'])) },
  {
    ops: ['Cast'],
    emit: (e) => {
      const to = datatypeOf(e.node.attributes.DstT?.type);
      if (!to) throw new Refused(`a cast to ${e.node.attributes.DstT?.type}`);
      const [input] = e.inputs;
      if (input?.kind === 'sizes' && (to === 'int32' || input.sizes.includes(null))) {
        return { ...input, sizes: input.sizes.map((n) => (n === null || to !== 'int32' ? n : Math.trunc(n))) };
      }
      // A constant stays one: shapes are made of them.
      if (input?.kind === 'constant' && input.weight.datatype === to) return input;
      const x = e.value(0);
      if (x.datatype === to) return given(x);
      return given({ ...x, name: e.graph.op('Cast', [x.name], { to: DATATYPE_NUMBERS[to] }), datatype: to });
    },
  },
];
