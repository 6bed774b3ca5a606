import type { Answer, LayerFunction } from '../call.ts';
import { einsumOf, Given, OPERATORS } from '../operators.ts';
import { indexed } from '../slices.ts';
import { type Value, wrong } from '../value.ts';
import { resizeOptions } from './preprocessing.ts';

/** Keras 2 names TensorFlow's functions, whose arguments have names of their own. */
interface Renamed {
  readonly operator: string;
  /** TensorFlow's names in the order of the operator's own. */
  readonly parameters?: readonly string[];
}

const same = (operator: string, ...parameters: string[]): Renamed => ({ operator, parameters });

const BINARY = ['x', 'y'];
const REDUCTION = ['input_tensor', 'axis', 'keepdims'];

const FUNCTIONS: Readonly<Record<string, Renamed>> = {
  'math.add': same('Add', ...BINARY),
  '__operators__.add': same('Add', ...BINARY),
  'math.subtract': same('Subtract', ...BINARY),
  'math.multiply': same('Multiply', ...BINARY),
  'math.divide': same('Divide', ...BINARY),
  'math.truediv': same('TrueDivide', ...BINARY),
  'math.divide_no_nan': same('DivideNoNan', ...BINARY),
  'math.floordiv': same('FloorDivide', ...BINARY),
  'math.floormod': same('Mod', ...BINARY),
  'math.mod': same('Mod', ...BINARY),
  'math.pow': same('Power', ...BINARY),
  'math.maximum': same('Maximum', ...BINARY),
  'math.minimum': same('Minimum', ...BINARY),
  'math.squared_difference': same('SquaredDifference', ...BINARY),
  'math.atan2': same('Arctan2', 'y', 'x'),
  'math.equal': same('Equal', ...BINARY),
  '__operators__.eq': same('Equal', 'self', 'other'),
  'math.not_equal': same('NotEqual', ...BINARY),
  '__operators__.ne': same('NotEqual', 'self', 'other'),
  'math.less': same('Less', ...BINARY),
  'math.less_equal': same('LessEqual', ...BINARY),
  'math.greater': same('Greater', ...BINARY),
  'math.greater_equal': same('GreaterEqual', ...BINARY),
  'math.logical_and': same('LogicalAnd', ...BINARY),
  'math.logical_or': same('LogicalOr', ...BINARY),
  'math.logical_not': same('LogicalNot', 'x'),
  'math.abs': same('Absolute', 'x'),
  'math.negative': same('Negative', 'x'),
  'math.square': same('Square', 'x'),
  'math.sqrt': same('Sqrt', 'x'),
  'math.rsqrt': same('Rsqrt', 'x'),
  'math.reciprocal': same('Reciprocal', 'x'),
  'math.exp': same('Exp', 'x'),
  'math.expm1': same('Expm1', 'x'),
  'math.log': same('Log', 'x'),
  'math.log1p': same('Log1p', 'x'),
  'math.sin': same('Sin', 'x'),
  'math.cos': same('Cos', 'x'),
  'math.tan': same('Tan', 'x'),
  'math.asin': same('Arcsin', 'x'),
  'math.acos': same('Arccos', 'x'),
  'math.atan': same('Arctan', 'x'),
  'math.sinh': same('Sinh', 'x'),
  'math.cosh': same('Cosh', 'x'),
  'math.erf': same('Erf', 'x'),
  'math.floor': same('Floor', 'x'),
  'math.ceil': same('Ceil', 'x'),
  'math.round': same('Round', 'x'),
  'math.sign': same('Sign', 'x'),
  'math.tanh': same('Tanh', 'x'),
  'math.sigmoid': same('Sigmoid', 'x'),
  'math.softplus': same('Softplus', 'features'),
  'nn.relu': same('Relu', 'features'),
  'nn.relu6': same('Relu6', 'features'),
  'nn.leaky_relu': same('LeakyRelu', 'features', 'alpha'),
  'nn.elu': same('Elu', 'features'),
  'nn.selu': same('Selu', 'features'),
  'nn.silu': same('Silu', 'features'),
  'nn.gelu': same('Gelu', 'features', 'approximate'),
  'nn.softsign': same('Softsign', 'features'),
  'nn.softmax': same('Softmax', 'logits', 'axis'),
  'nn.log_softmax': same('LogSoftmax', 'logits', 'axis'),
  'math.softmax': same('Softmax', 'logits', 'axis'),
  'math.l2_normalize': same('Normalize', 'x', 'axis'),
  'math.reduce_mean': same('Mean', ...REDUCTION),
  'math.reduce_sum': same('Sum', ...REDUCTION),
  'math.reduce_max': same('Max', ...REDUCTION),
  'math.reduce_min': same('Min', ...REDUCTION),
  'math.reduce_prod': same('Prod', ...REDUCTION),
  'math.reduce_variance': same('Var', ...REDUCTION),
  'math.reduce_std': same('Std', ...REDUCTION),
  'math.reduce_any': same('Any', ...REDUCTION),
  'math.reduce_all': same('All', ...REDUCTION),
  'math.reduce_logsumexp': same('Logsumexp', ...REDUCTION),
  'math.argmax': same('Argmax', 'input', 'axis'),
  'math.argmin': same('Argmin', 'input', 'axis'),
  'math.cumsum': same('Cumsum', 'x', 'axis'),
  clip_by_value: same('Clip', 't', 'clip_value_min', 'clip_value_max'),
  cast: same('Cast', 'x', 'dtype'),
  concat: same('Concatenate', 'values', 'axis'),
  stack: same('Stack', 'values', 'axis'),
  unstack: same('Unstack', 'value', 'num', 'axis'),
  reshape: same('Reshape', 'tensor', 'shape'),
  transpose: same('Transpose', 'a', 'perm'),
  expand_dims: same('ExpandDims', 'input', 'axis'),
  squeeze: same('Squeeze', 'input', 'axis'),
  'linalg.matmul': same('Matmul', 'a', 'b'),
  tile: same('Tile', 'input', 'multiples'),
  repeat: same('Repeat', 'input', 'repeats', 'axis'),
  gather: same('Take', 'params', 'indices', 'validate_indices', 'axis'),
  broadcast_to: same('BroadcastTo', 'input', 'shape'),
  where: same('Where', 'condition', 'x', 'y'),
  identity: same('Identity', 'input'),
  stop_gradient: same('StopGradient', 'input'),
  one_hot: same('OneHot', 'indices', 'depth'),
  ones_like: same('OnesLike', 'input'),
  zeros_like: same('ZerosLike', 'input'),
  reverse: same('Flip', 'tensor', 'axis'),
  slice: same('Slice', 'input_', 'begin', 'size'),
  pad: same('Pad', 'tensor', 'paddings', 'mode', 'constant_values'),
  split: same('Split', 'value', 'num_or_size_splits', 'axis'),
  'compat.v1.transpose': same('Transpose', 'a', 'perm'),
  'compat.v1.squeeze': same('Squeeze', 'input', 'axis'),
  'compat.v1.gather': same('Take', 'params', 'indices', 'validate_indices', 'axis'),
  'compat.v1.pad': same('Pad', 'tensor', 'paddings', 'mode', 'name', 'constant_values'),
};

/** TensorFlow's sizes of the parts are NumPy's places to cut at. */
function cuts(sizes: unknown): unknown {
  if (!Array.isArray(sizes)) return sizes;
  let sum = 0;
  return sizes.slice(0, -1).map((size: number) => (sum += size));
}

/** A node of a Keras 2 model that is a function of TensorFlow. */
const tensorflowFunction: LayerFunction = (x, call): Answer => {
  const name = String(call.options.function).replace(/^(tf|tensorflow)\./, '');
  if (name === '__operators__.getitem') return indexed(x, call.keywords.slice_spec ?? call.args[1] ?? null);
  if (name === 'einsum') return einsumOf({ args: call.args.slice(1), options: { subscripts: call.args[0] } });
  const found = FUNCTIONS[name];
  const operator = found && OPERATORS[found.operator];
  if (!operator) throw wrong('a function of TensorFlow that is known here', `layer ${call.path}`, name);
  const theirs = found.parameters ?? operator.parameters;
  const own = operator.parameters.length >= theirs.length ? operator.parameters : theirs;
  const rename = (parameter: string) => RENAMED[parameter] ?? own[theirs.indexOf(parameter)] ?? parameter;
  const keywords = Object.fromEntries(
    Object.entries(call.keywords)
      .filter(([parameter, given]) => parameter !== 'name' && given !== undefined)
      .map(([parameter, given]) => [rename(parameter), parameter === 'num_or_size_splits' ? cuts(given) : given]),
  );
  const transposed = transposedOperands(keywords, call.args);
  const given = new Given(theirs.map(rename), { args: transposed.args, keywords: transposed.keywords, options: {} });
  return operator.compute(given);
};

const RENAMED: Readonly<Record<string, string>> = {
  axis: 'axis',
  keepdims: 'keepdims',
  constant_values: 'constant_values',
  indices: 'indices',
  validate_indices: 'validate_indices',
  // Of `tf.nn.leaky_relu`.
  alpha: 'negative_slope',
};

/** `tf.matmul` may transpose its operands itself. */
function transposedOperands(keywords: Readonly<Record<string, unknown>>, args: readonly unknown[]) {
  const flipped = { x1: keywords.transpose_a === true, x2: keywords.transpose_b === true };
  const swap = (name: 'x1' | 'x2', argument: unknown) =>
    flipped[name]
      ? (OPERATORS.Swapaxes?.compute(
          new Given(['x', 'axis1', 'axis2'], { args: [argument, -1, -2], keywords: {}, options: {} }),
        ) as Value)
      : argument;
  const named = Object.fromEntries(
    Object.entries(keywords).map(([name, given]) => [name, name === 'x1' || name === 'x2' ? swap(name, given) : given]),
  );
  return {
    keywords: named,
    args: args.map((argument, i) => (i === 0 ? swap('x1', argument) : i === 1 ? swap('x2', argument) : argument)),
  };
}

/** A node of a Keras 3 model that is one of `keras.ops`. */
export function keras3Operator(className: string): LayerFunction | undefined {
  if (className === 'Einsum') return (_, call) => einsumOf(call);
  if (className === 'Resize') return (x, call) => resizeOptions(x, call);
  const operator = OPERATORS[className];
  return operator && ((_, call) => operator.compute(new Given(operator.parameters, call)));
}

export const FUNCTION_LAYERS: Readonly<Record<string, LayerFunction>> = {
  TFOpLambda: tensorflowFunction,
  SlicingOpLambda: tensorflowFunction,
};
