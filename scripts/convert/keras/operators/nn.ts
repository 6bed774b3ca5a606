import type { Value } from '#onnx';
import {
  axisOf,
  badCall,
  integer,
  integers,
  numberIn,
  type Operand,
  type Operands,
  omitted,
  positiveAxis,
} from './operand.ts';
import { type OperatorDefinition, onFloats, onKerasOrder, operator } from './operator.ts';
import { einsum } from './products.ts';
import { fixedSize, frontAxes, type Tensors } from './tensors.ts';

/** `(x - mean) / sqrt(variance + epsilon) * scale + offset`, each where it is given. */
function normalized(
  to: Tensors,
  x: Value,
  mean: Value,
  variance: Value,
  epsilon: number,
  scale: Value | undefined,
  offset: Value | undefined,
): Value {
  const even = to.divide(to.subtract(x, mean), to.unary('Sqrt', to.add(variance, epsilon)));
  const scaled = scale ? to.multiply(even, scale) : even;
  return offset ? to.add(scaled, offset) : scaled;
}

/** A vector along axes of a tensor. */
function lined(to: Tensors, operand: Operand, x: Value, axes: readonly number[]): Value | undefined {
  if (omitted(operand)) return undefined;
  const vector = to.floats(operand, 'a vector of a normalization');
  return to.reshape(
    vector,
    x.shape.map((size, i) => (axes.includes(i) ? size : 1)),
  );
}

function layerNorm(to: Tensors, x: Value, given: Operands, root: boolean): Value {
  const axes = frontAxes(
    omitted(given.axis) ? [-1] : integers(given.axis, 'the axis of a normalization'),
    x.shape.length,
    'a normalization',
  );
  const epsilon = numberIn(given.epsilon, 'epsilon', 1e-7);
  const mean = root ? to.constant('float32', [0], []) : to.reduce('ReduceMean', x, axes, true);
  const gap = root ? x : to.subtract(x, mean);
  const variance = to.reduce('ReduceMean', to.multiply(gap, gap), axes, true);
  return normalized(to, x, mean, variance, epsilon, lined(to, given.gamma, x, axes), lined(to, given.beta, x, axes));
}

const SMALL = 1e-7;

/** Probabilities that are none of 0 and 1. */
const inside = (to: Tensors, x: Value) => to.binary('Min', to.binary('Max', x, SMALL), 1 - SMALL);

function binaryCrossentropy(to: Tensors, target: Value, output: Value, logits: boolean): Value {
  if (logits) {
    const soft = to.unary('Softplus', to.unary('Neg', to.unary('Abs', output)));
    return to.add(to.subtract(to.binary('Max', output, 0), to.multiply(output, target)), soft);
  }
  const p = inside(to, output);
  const yes = to.multiply(target, to.unary('Log', p));
  const no = to.multiply(to.subtract(1, target), to.unary('Log', to.subtract(1, p)));
  return to.unary('Neg', to.add(yes, no));
}

/** The logarithm of each class's share. */
function logShares(to: Tensors, output: Value, axis: number, logits: boolean): Value {
  if (logits) return to.unary('LogSoftmax', output, { axis });
  const shares = to.divide(output, to.reduce('ReduceSum', output, [axis], true));
  return to.unary('Log', inside(to, shares));
}

/** [batch, steps, heads, width] */
function attended(to: Tensors, given: Operands): Value {
  const where = 'an operand of DotProductAttention';
  const [query, key, value] = [
    to.floats(given.query, where),
    to.floats(given.key, where),
    to.floats(given.value, where),
  ];
  if (query.shape.length !== 4) throw badCall('[batch, steps, heads, width]', where, query.shape);
  const scale = numberIn(given.scale, 'the scale of attention', 1 / Math.sqrt(fixedSize(query, 3, where)));
  const plain = to.multiply(einsum(to.graph, 'bthd,bshd->bhts', [query, key]), scale);
  const cap = given.attn_logits_soft_cap;
  const capped = omitted(cap)
    ? plain
    : to.multiply(to.unary('Tanh', to.divide(plain, numberIn(cap, 'the cap', 1))), numberIn(cap, 'the cap', 1));
  const biased = omitted(given.bias) ? capped : to.add(capped, to.floats(given.bias, 'the bias of attention'));
  const least = -1e30;
  const masked = omitted(given.mask) ? biased : to.where(to.of(given.mask, 'the mask of attention'), biased, least);
  const [steps, keys] = [fixedSize(masked, 2, where), fixedSize(masked, 3, where)];
  const seen = Array.from({ length: steps * keys }, (_, i) => Number(i % keys <= Math.floor(i / keys)));
  const causal = given.is_causal === true ? to.where(to.constant('bool', seen, [steps, keys]), masked, least) : masked;
  return einsum(to.graph, 'bhts,bshd->bthd', [to.unary('Softmax', causal, { axis: 3 }), value]);
}

/** Functions of `keras.ops.nn` and `tf.nn` that layers are made of. */
export const NEURAL: readonly OperatorDefinition[] = [
  operator(['BatchNorm'], [], ['x', 'mean', 'variance', 'offset', 'scale', 'axis', 'epsilon'], (to, given) => {
    const x = to.floats(given.x, 'the operand of BatchNorm');
    const axis = [axisOf(given.axis, x, 'BatchNorm', -1)];
    const of = (name: string) => lined(to, given[name], x, axis);
    const [mean, variance] = [of('mean'), of('variance')] as [Value, Value];
    return normalized(to, x, mean, variance, numberIn(given.epsilon, 'epsilon', 1e-3), of('scale'), of('offset'));
  }),
  operator(
    [],
    ['nn.batch_normalization'],
    ['x', 'mean', 'variance', 'offset', 'scale', 'variance_epsilon'],
    (to, given) => {
      const of = (name: string) =>
        omitted(given[name]) ? undefined : to.floats(given[name], `the ${name} of batch_normalization`);
      const [x, mean, variance] = [of('x'), of('mean'), of('variance')] as [Value, Value, Value];
      return normalized(
        to,
        x,
        mean,
        variance,
        numberIn(given.variance_epsilon, 'variance_epsilon', 1e-3),
        of('scale'),
        of('offset'),
      );
    },
  ),
  onFloats(['LayerNorm'], [], ['x', 'gamma', 'beta', 'axis', 'epsilon', 'rms_scaling'], (to, x, given) => {
    if (given.rms_scaling === true) throw badCall('false', 'rms_scaling of LayerNorm', true);
    return layerNorm(to, to.of(x, ''), given, false);
  }),
  onFloats(['RMSNorm'], [], ['x', 'scale|gamma', 'axis', 'epsilon'], (to, x, given) =>
    layerNorm(to, to.of(x, ''), { axis: given.axis, epsilon: given.epsilon, gamma: given.scale }, true),
  ),
  operator(
    ['DotProductAttention'],
    [],
    ['query', 'key', 'value', 'bias', 'mask', 'scale', 'is_causal', 'flash_attention', 'attn_logits_soft_cap'],
    (to, given) => attended(to, given),
  ),
  operator(['BinaryCrossentropy'], [], ['target', 'output', 'from_logits'], (to, { target, output, from_logits }) =>
    binaryCrossentropy(to, to.floats(target, 'a target'), to.floats(output, 'an output'), from_logits === true),
  ),
  operator(
    ['CategoricalCrossentropy'],
    [],
    ['target', 'output', 'from_logits', 'axis'],
    (to, { target, output, from_logits, axis }) => {
      const x = to.floats(output, 'an output');
      const along = positiveAxis(integer(axis, 'the axis', -1), x.shape.length, 'CategoricalCrossentropy');
      const losses = to.multiply(to.floats(target, 'a target'), logShares(to, x, along, from_logits === true));
      return to.unary('Neg', to.reduce('ReduceSum', losses, [along]));
    },
  ),
  operator(
    ['SparseCategoricalCrossentropy'],
    [],
    ['target', 'output', 'from_logits', 'axis'],
    (to, { target, output, from_logits, axis }) => {
      const x = to.floats(output, 'an output');
      const along = positiveAxis(integer(axis, 'the axis', -1), x.shape.length, 'SparseCategoricalCrossentropy');
      if (along !== x.shape.length - 1) throw badCall('the last axis', 'SparseCategoricalCrossentropy', axis);
      const count = fixedSize(x, along, 'SparseCategoricalCrossentropy');
      const given = to.of(target, 'a target');
      const places =
        given.shape.length === x.shape.length ? to.cast(given, 'int32') : to.expand(to.cast(given, 'int32'), along);
      const classes = to.constant(
        'int32',
        Array.from({ length: count }, (_, i) => i),
      );
      const own = to.where(
        to.compare('Equal', places, classes),
        to.unary('LogSoftmax', from_logits === true ? x : to.unary('Log', inside(to, x)), { axis: along }),
        0,
      );
      return to.unary('Neg', to.reduce('ReduceSum', own, [along]));
    },
  ),
  operator(['PSNR'], [], ['x1', 'x2', 'max_val'], (to, { x1, x2, max_val }) => {
    const gap = to.subtract(to.floats(x1, 'an operand of PSNR'), to.floats(x2, 'an operand of PSNR'));
    const error = to.reduce(
      'ReduceMean',
      to.multiply(gap, gap),
      gap.shape.map((_, i) => i),
    );
    const most = 20 * Math.log10(numberIn(max_val, 'max_val of PSNR', 1));
    return to.subtract(most, to.multiply(to.unary('Log', error), 10 / Math.LN10));
  }),
  onKerasOrder(
    [],
    ['nn.local_response_normalization'],
    ['input', 'depth_radius', 'bias', 'alpha', 'beta'],
    (to, x, { depth_radius, bias, alpha, beta }) => {
      const radius = integer(depth_radius, 'depth_radius', 5);
      const channels = fixedSize(x, 3, 'local_response_normalization');
      const band = Array.from({ length: channels * channels }, (_, i) =>
        Number(Math.abs((i % channels) - Math.floor(i / channels)) <= radius),
      );
      const sums = to.matmul(to.multiply(x, x), to.constant('float32', band, [channels, channels]));
      const size = to.add(to.multiply(sums, numberIn(alpha, 'alpha', 1)), numberIn(bias, 'bias', 1));
      return to.divide(x, to.binary('Pow', size, numberIn(beta, 'beta', 0.5)));
    },
  ),
  onKerasOrder([], ['nn.crelu'], ['features', 'axis'], (to, x, { axis }) => {
    const along = axisOf(axis, x, 'crelu', -1);
    return to.unary('Relu', to.concat([x, to.unary('Neg', x)], along));
  }),
  onKerasOrder([], ['nn.dropout'], ['x', 'rate|keep_prob', 'noise_shape', 'seed'], (_, x, { rate }) => {
    if (rate !== 0) throw badCall('0 (it answers at random)', 'the rate of tf.nn.dropout', rate);
    return x;
  }),
];
