import { type Attribute, broadcastDims, renamed, type Value } from '#onnx';
import { numberOf } from '#tensorflow';
import { type Emission, given, type OperatorConverter, Refused } from '../operand.ts';

type Apply = (e: Emission, x: Value) => string;

const operator =
  (type: string, attributes: Record<string, Attribute> = {}): Apply =>
  ({ graph }, x) =>
    graph.op(type, [x.name], attributes);

/** One tensor in, one of the same shape out, cell by cell: the memory's order does not matter. */
const UNARY: Readonly<Record<string, Apply>> = {
  Relu: operator('Relu'),
  Relu6: ({ graph }, x) => graph.op('Clip', [x.name, graph.float(0), graph.float(6)]),
  Elu: operator('Elu'),
  Selu: operator('Selu', { alpha: { float: 1.6732632423543772 }, gamma: { float: 1.0507009873554805 } }),
  LeakyRelu: ({ graph, node }, x) =>
    graph.op('LeakyRelu', [x.name], {
      alpha: { float: numberOf(node.attributes, node.op === 'LeakyRelu' ? 'alpha' : 'leakyrelu_alpha', 0.2) },
    }),
  Sigmoid: operator('Sigmoid'),
  Tanh: operator('Tanh'),
  Softplus: operator('Softplus'),
  Erf: operator('Erf'),
  Exp: operator('Exp'),
  Log: operator('Log'),
  Sqrt: operator('Sqrt'),
  Rsqrt: ({ graph }, x) => graph.op('Reciprocal', [graph.op('Sqrt', [x.name])]),
  Square: ({ graph }, x) => graph.op('Mul', [x.name, x.name]),
  Reciprocal: operator('Reciprocal'),
  Inv: operator('Reciprocal'),
  Neg: operator('Neg'),
  Abs: operator('Abs'),
  Floor: operator('Floor'),
  Ceil: operator('Ceil'),
  Round: operator('Round'),
  Sign: operator('Sign'),
  Sin: operator('Sin'),
  Cos: operator('Cos'),
};

/** Behind a convolution or a product: an activation by the name of its operator. @param alpha the input that Prelu reads */
export function activated(e: Emission, x: Value, name: string, alpha: number): Value {
  if (name === 'Prelu') return prelu(e, x, alpha);
  const apply = Object.hasOwn(UNARY, name) ? UNARY[name] : undefined;
  if (!apply) throw new Refused(`fused_ops ${name}`);
  return renamed(x, apply(e, x));
}

function prelu(e: Emission, x: Value, index: number): Value {
  const slope = e.value(index);
  const channels = slope.shape.at(-1);
  // One slope for each channel is laid along the channels, wherever these are.
  if (typeof channels === 'number' && slope.shape.slice(0, -1).every((size) => size === 1)) {
    const dims = broadcastDims(x, -1, channels);
    return renamed(x, e.graph.op('PRelu', [x.name, e.graph.op('Reshape', [slope.name, e.graph.ints(dims)])]));
  }
  const [own, other] = [e.graph.toLayout(x, 'channels-last'), e.graph.toLayout(slope, 'channels-last')];
  return renamed(own, e.graph.op('PRelu', [own.name, other.name]));
}

/** Over the last axis. */
const overChannels =
  (type: string): Apply =>
  ({ graph }, x) =>
    graph.op(type, [x.name], { axis: -1 });

export const ACTIVATIONS: readonly OperatorConverter[] = [
  ...Object.entries(UNARY).map(
    ([op, apply]): OperatorConverter => ({
      ops: [op],
      emit: (e) => {
        const x = e.value(0);
        if (x.datatype !== 'float32') throw new Refused(`an input of ${x.datatype}`);
        return given(renamed(x, apply(e, x)));
      },
    }),
  ),
  { ops: ['Prelu'], emit: (e) => given(prelu(e, e.value(0), 1)) },
  ...['Softmax', 'LogSoftmax'].map(
    (op): OperatorConverter => ({
      ops: [op],
      emit: (e) => {
        const x = e.graph.toLayout(e.value(0), 'channels-last');
        return given(renamed(x, overChannels(op)(e, x)));
      },
    }),
  ),
  {
    ops: ['ClipByValue'],
    emit: (e) => given(renamed(e.value(0), e.graph.op('Clip', [e.value(0).name, e.value(1).name, e.value(2).name]))),
  },
];
