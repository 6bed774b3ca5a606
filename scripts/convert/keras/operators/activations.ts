import { memoryAxis } from '#onnx';
import { type Activation, findActivation } from '../activations/index.ts';
import { rectified } from '../layers/rectifiers.ts';
import { badCall, integer, numberIn, type OperatorDefinition, onFloats, positiveAxis } from './operator.ts';
import { fixedSize, Tensors } from './tensors.ts';

/** Activation functions without options, by Keras 3's and TensorFlow's names. */
const PLAIN: readonly (readonly [name: string, keras: string, ...tensorflow: string[]])[] = [
  ['relu6', 'Relu6', 'nn.relu6'],
  ['selu', 'Selu', 'nn.selu', 'keras.activations.selu'],
  ['sigmoid', 'Sigmoid', 'math.sigmoid', 'nn.sigmoid', 'sigmoid', 'keras.activations.sigmoid'],
  ['tanh', 'Tanh', 'math.tanh', 'nn.tanh', 'tanh', 'keras.activations.tanh'],
  ['softplus', 'Softplus', 'math.softplus', 'nn.softplus', 'keras.activations.softplus'],
  ['softsign', 'Softsign', 'nn.softsign', 'math.softsign', 'keras.activations.softsign'],
  ['swish', 'Silu', 'nn.silu', 'nn.swish', 'keras.activations.swish', 'keras.activations.silu'],
  ['hard_silu', 'HardSilu'],
  ['hard_sigmoid', 'HardSigmoid'],
  ['hard_sigmoid_keras2', '', 'keras.activations.hard_sigmoid', 'keras.backend.hard_sigmoid'],
  ['mish', 'Mish', 'keras.activations.mish'],
  ['exponential', '', 'keras.activations.exponential'],
  ['log_sigmoid', 'LogSigmoid', 'math.log_sigmoid', 'nn.log_sigmoid'],
  ['hard_tanh', 'HardTanh'],
  ['sparse_plus', 'SparsePlus'],
  ['sparse_sigmoid', 'SparseSigmoid'],
  ['tanh_shrink', 'TanhShrink'],
];

function plain(name: string, keras: string, tensorflow: readonly string[]): OperatorDefinition {
  const activation = findActivation(name) as Activation;
  return onFloats(keras ? [keras] : [], tensorflow, ['x|features|logits|input'], (graph, value) =>
    activation.emit(graph, value),
  );
}

function softmax(type: 'Softmax' | 'LogSoftmax', tensorflow: readonly string[]): OperatorDefinition {
  return onFloats([type], tensorflow, ['x|logits', 'axis'], (graph, value, { axis }) => {
    const along = memoryAxis(value, integer(axis, `the axis of ${type}`, -1));
    return { ...value, name: graph.op(type, [value.name], { axis: along }) };
  });
}

/** Activation functions that are called as functions. */
export const ACTIVATION_OPERATORS: readonly OperatorDefinition[] = [
  ...PLAIN.map(([name, keras, ...tensorflow]) => plain(name, keras, tensorflow)),
  softmax('Softmax', ['nn.softmax', 'keras.activations.softmax', 'math.softmax']),
  softmax('LogSoftmax', ['nn.log_softmax', 'math.log_softmax']),
  onFloats(
    ['Relu', 'ReLU'],
    ['nn.relu', 'keras.activations.relu', 'keras.backend.relu'],
    ['x|features', 'negative_slope|alpha', 'max_value', 'threshold'],
    (graph, value, { negative_slope, max_value, threshold }) => {
      return rectified(graph, value, {
        max_value: max_value === undefined || max_value === null ? null : numberIn(max_value, 'max_value of Relu', 0),
        negative_slope: numberIn(negative_slope, 'negative_slope of Relu', 0),
        threshold: numberIn(threshold, 'threshold of Relu', 0),
      });
    },
  ),
  onFloats(
    ['LeakyRelu'],
    ['nn.leaky_relu', 'keras.activations.leaky_relu'],
    ['x|features', 'negative_slope|alpha'],
    (graph, value, { negative_slope }) => {
      const alpha = { float: numberIn(negative_slope, 'negative_slope of LeakyRelu', 0.2) };
      return { ...value, name: graph.op('LeakyRelu', [value.name], { alpha }) };
    },
  ),
  onFloats(['Elu'], ['nn.elu', 'keras.activations.elu'], ['x|features', 'alpha'], (graph, value, { alpha }) => {
    return {
      ...value,
      name: graph.op('Elu', [value.name], { alpha: { float: numberIn(alpha, 'alpha of Elu', 1) } }),
    };
  }),
  // Keras's function is the approximation unless it is told otherwise, TensorFlow's is exact.
  onFloats(['Gelu'], [], ['x', 'approximate'], (graph, value, { approximate }) => {
    const kind = approximate === false ? 'none' : 'tanh';
    return { ...value, name: graph.op('Gelu', [value.name], { approximate: kind }) };
  }),
  onFloats(
    [],
    ['nn.gelu', 'keras.activations.gelu'],
    ['x|features', 'approximate'],
    (graph, value, { approximate }) => {
      const kind = approximate === true ? 'tanh' : 'none';
      return { ...value, name: graph.op('Gelu', [value.name], { approximate: kind }) };
    },
  ),
  onFloats(['Celu'], [], ['x', 'alpha'], (graph, value, { alpha }) => {
    return {
      ...value,
      name: graph.op('Celu', [value.name], { alpha: { float: numberIn(alpha, 'alpha of Celu', 1) } }),
    };
  }),
  ...(['SoftShrink', 'HardShrink'] as const).map((type) =>
    onFloats([type], [], ['x', 'threshold'], (graph, value, { threshold }) => {
      const edge = numberIn(threshold, `the threshold of ${type}`, 0.5);
      const bias = type === 'SoftShrink' ? edge : 0;
      return { ...value, name: graph.op('Shrink', [value.name], { lambd: { float: edge }, bias: { float: bias } }) };
    }),
  ),
  onFloats(['Threshold'], [], ['x', 'threshold', 'default_value'], (graph, value, { threshold, default_value }) => {
    const above = graph.op('Greater', [value.name, graph.float(numberIn(threshold, 'the threshold', 0))]);
    const below = graph.float(numberIn(default_value, 'the default value', 0));
    return { ...value, name: graph.op('Where', [above, value.name, below]) };
  }),
  onFloats(['Squareplus'], [], ['x', 'b'], (graph, value, { b }) => {
    const to = new Tensors(graph);
    const x = to.of(value, '');
    const root = to.unary('Sqrt', to.add(to.multiply(x, x), numberIn(b, 'b of Squareplus', 4)));
    return to.multiply(to.add(x, root), 0.5);
  }),
  onFloats(['Sparsemax'], [], ['x', 'axis'], (graph, value, { axis }) => {
    const to = new Tensors(graph);
    const x = to.of(value, '');
    const along = positiveAxis(integer(axis, 'the axis of Sparsemax', -1), x.shape.length, 'Sparsemax');
    return to.back((findActivation('sparsemax') as Activation).emit(graph, to.last(x, along)), along);
  }),
  onFloats(['Glu'], [], ['x', 'axis'], (graph, value, { axis }) => {
    const to = new Tensors(graph);
    const x = to.of(value, '');
    const along = positiveAxis(integer(axis, 'the axis of Glu', -1), x.shape.length, 'Glu');
    const half = fixedSize(x, along, 'Glu') / 2;
    if (!Number.isInteger(half)) throw badCall('an even size', 'the axis of Glu', 2 * half);
    return to.multiply(to.slice(x, along, 0, half), to.unary('Sigmoid', to.slice(x, along, half, 2 * half)));
  }),
];
