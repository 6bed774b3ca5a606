import { renamed, type Value } from '#onnx';
import { given, type Operand, Refused } from '../../tensorflow/operand.ts';
import { decimal, type LiteConverter, type LiteEmission, option } from '../emission.ts';

/** Operators that TensorFlow has under another name, or the same. */
const TENSORFLOW: Readonly<Record<string, string>> = {
  RELU: 'Relu',
  RELU6: 'Relu6',
  ELU: 'Elu',
  LOGISTIC: 'Sigmoid',
  TANH: 'Tanh',
  EXP: 'Exp',
  LOG: 'Log',
  SQRT: 'Sqrt',
  RSQRT: 'Rsqrt',
  SQUARE: 'Square',
  ABS: 'Abs',
  NEG: 'Neg',
  FLOOR: 'Floor',
  CEIL: 'Ceil',
  ROUND: 'Round',
  SIN: 'Sin',
  COS: 'Cos',
  LOG_SOFTMAX: 'LogSoftmax',
};

/** Number by number: the memory's order does not matter. */
const elementwise =
  (apply: (e: LiteEmission, x: Value) => string): LiteConverter['emit'] =>
  (e) => {
    const x = e.value(0);
    if (x.datatype !== 'float32') throw new Refused(`${e.operator.name} of ${x.datatype}`);
    return given(renamed(x, apply(e, x)));
  };

const clipped = (least: number, most: number) =>
  elementwise(({ graph }, x) => graph.op('Clip', [x.name, graph.float(least), graph.float(most)]));

/** Over the last axis, of numbers that are multiplied first. */
function softmax(e: LiteEmission): Operand {
  const beta = option(e.operator, 'beta');
  const x = e.graph.toLayout(e.value(0), 'channels-last');
  if (x.datatype !== 'float32' || !Number.isFinite(beta)) throw new Refused(`SOFTMAX of ${x.datatype}`);
  const scaled = beta === 1 ? x.name : e.graph.op('Mul', [x.name, e.graph.float(beta)]);
  return given(renamed(x, e.graph.op('Softmax', [scaled], { axis: -1 })));
}

/** The square of the shortest length that a row is divided by: `l2normalization.h`. */
const LEAST_SQUARE = 1e-6;

function normalized(e: LiteEmission): Operand {
  const x = e.graph.toLayout(e.value(0), 'channels-last');
  const { graph } = e;
  const squares = graph.op('ReduceSumSquare', [x.name, graph.ints([x.shape.length - 1])], { keepdims: 1 });
  const length = graph.op('Sqrt', [graph.op('Max', [squares, graph.float(LEAST_SQUARE)])]);
  return given(renamed(x, graph.op('Div', [x.name, length])));
}

export const ACTIVATIONS: readonly LiteConverter[] = [
  ...Object.entries(TENSORFLOW).map(
    ([op, tensorflow]): LiteConverter => ({
      ops: [op],
      ...(op === 'LOGISTIC' ? { integers: true } : {}),
      emit: (e) => e.tensorflow(tensorflow, [e.input(0)]),
    }),
  ),
  { ops: ['RELU_N1_TO_1'], emit: clipped(-1, 1) },
  { ops: ['RELU_0_TO_1'], emit: clipped(0, 1) },
  { ops: ['HARD_SWISH'], emit: elementwise(({ graph }, x) => graph.op('HardSwish', [x.name])) },
  {
    ops: ['GELU'],
    emit: elementwise(({ graph, operator }, x) =>
      graph.op('Gelu', [x.name], { approximate: option(operator, 'approximate') === 1 ? 'tanh' : 'none' }),
    ),
  },
  {
    ops: ['LEAKY_RELU'],
    integers: true,
    emit: (e) => e.tensorflow('LeakyRelu', [e.input(0)], { alpha: decimal(option(e.operator, 'alpha')) }),
  },
  { ops: ['PRELU'], emit: (e) => e.tensorflow('Prelu', [e.input(0), e.input(1)]) },
  { ops: ['SOFTMAX'], integers: true, emit: softmax },
  { ops: ['L2_NORMALIZATION'], emit: normalized },
  { ops: ['QUANTIZE'], keeps: true, emit: (e) => e.input(0) },
  { ops: ['DEQUANTIZE'], emit: (e) => e.input(0) },
];
