import { memoryAxis } from '#onnx';
import { type Activation, findActivation } from '../activations/index.ts';
import { rectified } from '../layers/rectifiers.ts';
import { cast, integer, numberIn, type OperatorDefinition, tensorOf } from './operator.ts';

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
  ['squareplus', 'Squareplus'],
  ['sparsemax', 'Sparsemax'],
  ['glu', 'Glu'],
];

function plain(name: string, keras: string, tensorflow: readonly string[]): OperatorDefinition {
  const activation = findActivation(name) as Activation;
  return {
    keras: keras ? [keras] : [],
    tensorflow,
    parameters: ['x|features|logits|input'],
    emit: (graph, { x }) =>
      activation.emit(graph, cast(graph, tensorOf(graph, x, `the operand of ${name}`), 'float32')),
  };
}

function softmax(type: 'Softmax' | 'LogSoftmax', tensorflow: readonly string[]): OperatorDefinition {
  return {
    keras: [type],
    tensorflow,
    parameters: ['x|logits', 'axis'],
    emit: (graph, { x, axis }) => {
      const value = cast(graph, tensorOf(graph, x, `the operand of ${type}`), 'float32');
      const along = memoryAxis(value, integer(axis, `the axis of ${type}`, -1));
      return { ...value, name: graph.op(type, [value.name], { axis: along }) };
    },
  };
}

/** Activation functions that are called as functions. */
export const ACTIVATION_OPERATORS: readonly OperatorDefinition[] = [
  ...PLAIN.map(([name, keras, ...tensorflow]) => plain(name, keras, tensorflow)),
  softmax('Softmax', ['nn.softmax', 'keras.activations.softmax', 'math.softmax']),
  softmax('LogSoftmax', ['nn.log_softmax', 'math.log_softmax']),
  {
    keras: ['Relu', 'ReLU'],
    tensorflow: ['nn.relu', 'keras.activations.relu', 'keras.backend.relu'],
    parameters: ['x|features', 'negative_slope|alpha', 'max_value', 'threshold'],
    emit: (graph, { x, negative_slope, max_value, threshold }) => {
      const value = cast(graph, tensorOf(graph, x, 'the operand of Relu'), 'float32');
      return rectified(graph, value, {
        max_value: max_value === undefined || max_value === null ? null : numberIn(max_value, 'max_value of Relu', 0),
        negative_slope: numberIn(negative_slope, 'negative_slope of Relu', 0),
        threshold: numberIn(threshold, 'threshold of Relu', 0),
      });
    },
  },
  {
    keras: ['LeakyRelu'],
    tensorflow: ['nn.leaky_relu', 'keras.activations.leaky_relu'],
    parameters: ['x|features', 'negative_slope|alpha'],
    emit: (graph, { x, negative_slope }) => {
      const value = cast(graph, tensorOf(graph, x, 'the operand of LeakyRelu'), 'float32');
      const alpha = { float: numberIn(negative_slope, 'negative_slope of LeakyRelu', 0.2) };
      return { ...value, name: graph.op('LeakyRelu', [value.name], { alpha }) };
    },
  },
  {
    keras: ['Elu'],
    tensorflow: ['nn.elu', 'keras.activations.elu'],
    parameters: ['x|features', 'alpha'],
    emit: (graph, { x, alpha }) => {
      const value = cast(graph, tensorOf(graph, x, 'the operand of Elu'), 'float32');
      return {
        ...value,
        name: graph.op('Elu', [value.name], { alpha: { float: numberIn(alpha, 'alpha of Elu', 1) } }),
      };
    },
  },
  {
    // Keras's function is the approximation unless it is told otherwise, TensorFlow's is exact.
    keras: ['Gelu'],
    tensorflow: [],
    parameters: ['x', 'approximate'],
    emit: (graph, { x, approximate }) => {
      const value = cast(graph, tensorOf(graph, x, 'the operand of Gelu'), 'float32');
      const kind = approximate === false ? 'none' : 'tanh';
      return { ...value, name: graph.op('Gelu', [value.name], { approximate: kind }) };
    },
  },
  {
    keras: [],
    tensorflow: ['nn.gelu', 'keras.activations.gelu'],
    parameters: ['x|features', 'approximate'],
    emit: (graph, { x, approximate }) => {
      const value = cast(graph, tensorOf(graph, x, 'the operand of Gelu'), 'float32');
      const kind = approximate === true ? 'tanh' : 'none';
      return { ...value, name: graph.op('Gelu', [value.name], { approximate: kind }) };
    },
  },
  {
    keras: ['Celu'],
    tensorflow: [],
    parameters: ['x', 'alpha'],
    emit: (graph, { x, alpha }) => {
      const value = cast(graph, tensorOf(graph, x, 'the operand of Celu'), 'float32');
      return {
        ...value,
        name: graph.op('Celu', [value.name], { alpha: { float: numberIn(alpha, 'alpha of Celu', 1) } }),
      };
    },
  },
  ...(['SoftShrink', 'HardShrink'] as const).map(
    (type): OperatorDefinition => ({
      keras: [type],
      tensorflow: [],
      parameters: ['x', 'threshold'],
      emit: (graph, { x, threshold }) => {
        const value = cast(graph, tensorOf(graph, x, `the operand of ${type}`), 'float32');
        const edge = numberIn(threshold, `the threshold of ${type}`, 0.5);
        const bias = type === 'SoftShrink' ? edge : 0;
        return { ...value, name: graph.op('Shrink', [value.name], { lambd: { float: edge }, bias: { float: bias } }) };
      },
    }),
  ),
  {
    keras: ['Threshold'],
    tensorflow: [],
    parameters: ['x', 'threshold', 'default_value'],
    emit: (graph, { x, threshold, default_value }) => {
      const value = cast(graph, tensorOf(graph, x, 'the operand of Threshold'), 'float32');
      const above = graph.op('Greater', [value.name, graph.float(numberIn(threshold, 'the threshold', 0))]);
      const below = graph.float(numberIn(default_value, 'the default value', 0));
      return { ...value, name: graph.op('Where', [above, value.name, below]) };
    },
  },
];
