import { memoryAxis } from '#onnx';
import { type Activation, findActivation } from '../activations/index.ts';
import { rectified } from '../layers/rectifiers.ts';
import { axisOf, badCall, integer, numberIn, omitted } from './operand.ts';
import { type OperatorDefinition, onFloats } from './operator.ts';
import { fixedSize } from './tensors.ts';

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
  return onFloats(keras ? [keras] : [], tensorflow, ['x|features|logits|input'], (to, value) =>
    activation.emit(to.graph, value),
  );
}

function softmax(type: 'Softmax' | 'LogSoftmax', tensorflow: readonly string[]): OperatorDefinition {
  return onFloats([type], tensorflow, ['x|logits', 'axis'], (to, value, { axis }) => {
    const along = memoryAxis(value, integer(axis, `the axis of ${type}`, -1));
    return to.unary(type, value, { axis: along });
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
    (to, value, { negative_slope, max_value, threshold }) =>
      rectified(to.graph, value, {
        max_value: omitted(max_value) ? null : numberIn(max_value, 'max_value of Relu', 0),
        negative_slope: numberIn(negative_slope, 'negative_slope of Relu', 0),
        threshold: numberIn(threshold, 'threshold of Relu', 0),
      }),
  ),
  onFloats(
    ['LeakyRelu'],
    ['nn.leaky_relu', 'keras.activations.leaky_relu'],
    ['x|features', 'negative_slope|alpha'],
    (to, value, { negative_slope }) => {
      const alpha = { float: numberIn(negative_slope, 'negative_slope of LeakyRelu', 0.2) };
      return to.unary('LeakyRelu', value, { alpha });
    },
  ),
  onFloats(['Elu'], ['nn.elu', 'keras.activations.elu'], ['x|features', 'alpha'], (to, value, { alpha }) =>
    to.unary('Elu', value, { alpha: { float: numberIn(alpha, 'alpha of Elu', 1) } }),
  ),
  // Keras's function is the approximation unless it is told otherwise, TensorFlow's is exact.
  onFloats(['Gelu'], [], ['x', 'approximate'], (to, value, { approximate }) => {
    const kind = approximate === false ? 'none' : 'tanh';
    return to.unary('Gelu', value, { approximate: kind });
  }),
  onFloats([], ['nn.gelu', 'keras.activations.gelu'], ['x|features', 'approximate'], (to, value, { approximate }) => {
    const kind = approximate === true ? 'tanh' : 'none';
    return to.unary('Gelu', value, { approximate: kind });
  }),
  onFloats(['Celu'], [], ['x', 'alpha'], (to, value, { alpha }) =>
    to.unary('Celu', value, { alpha: { float: numberIn(alpha, 'alpha of Celu', 1) } }),
  ),
  ...(['SoftShrink', 'HardShrink'] as const).map((type) =>
    onFloats([type], [], ['x', 'threshold'], (to, value, { threshold }) => {
      const edge = numberIn(threshold, `the threshold of ${type}`, 0.5);
      const bias = type === 'SoftShrink' ? edge : 0;
      return to.unary('Shrink', value, { lambd: { float: edge }, bias: { float: bias } });
    }),
  ),
  onFloats(['Threshold'], [], ['x', 'threshold', 'default_value'], (to, value, { threshold, default_value }) => {
    const above = to.graph.op('Greater', [value.name, to.graph.float(numberIn(threshold, 'the threshold', 0))]);
    const below = to.graph.float(numberIn(default_value, 'the default value', 0));
    return { ...value, name: to.graph.op('Where', [above, value.name, below]) };
  }),
  onFloats(['Squareplus'], [], ['x', 'b'], (to, value, { b }) => {
    const x = to.of(value, '');
    const root = to.unary('Sqrt', to.add(to.multiply(x, x), numberIn(b, 'b of Squareplus', 4)));
    return to.multiply(to.add(x, root), 0.5);
  }),
  onFloats(['Sparsemax'], [], ['x', 'axis'], (to, value, { axis }) => {
    const x = to.of(value, '');
    const along = axisOf(axis, x, 'Sparsemax', -1);
    return to.back((findActivation('sparsemax') as Activation).emit(to.graph, to.last(x, along)), along);
  }),
  onFloats(['Glu'], [], ['x', 'axis'], (to, value, { axis }) => {
    const x = to.of(value, '');
    const along = axisOf(axis, x, 'Glu', -1);
    const half = fixedSize(x, along, 'Glu') / 2;
    if (!Number.isInteger(half)) throw badCall('an even size', 'the axis of Glu', 2 * half);
    return to.multiply(to.slice(x, along, 0, half), to.unary('Sigmoid', to.slice(x, along, half, 2 * half)));
  }),
];
