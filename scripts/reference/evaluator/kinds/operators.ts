import { type Call, doublesIn, type LayerFunction, type LayerResult } from '../call.ts';
import { type Doubles, isDoubles, map, transpose, wrong } from '../doubles.ts';
import { einsum } from '../einsum.ts';
import { Given, type Operator } from '../operators/given.ts';
import { OPERATORS } from '../operators/index.ts';
import { meshgrid } from '../operators/numpy.ts';
import { TENSORFLOW } from '../operators/tensorflow/functions.ts';
import { indexed } from '../slices.ts';
import { activation, SCALARS, VECTORS } from './activations.ts';
import { batchDot } from './merging.ts';
import { resizeOptions } from './preprocessing.ts';

/**
 * TensorFlow's functions by the last part of their names (`math.add`, `__operators__.add`, `keras.backend.mean`) as operators
 * of Keras 3, where the operator has another name. Names that are those of activations are looked up among these.
 */
const FUNCTIONS: Readonly<Record<string, string>> = {
  sub: 'Subtract',
  mul: 'Multiply',
  truediv: 'TrueDivide',
  divide: 'TrueDivide',
  realdiv: 'TrueDivide',
  RealDiv: 'TrueDivide',
  div: 'TrueDivide',
  floordiv: 'FloorDivide',
  floor_div: 'FloorDivide',
  floormod: 'Mod',
  pow: 'Power',
  atan2: 'Arctan2',
  eq: 'Equal',
  ne: 'NotEqual',
  lt: 'Less',
  le: 'LessEqual',
  gt: 'Greater',
  ge: 'GreaterEqual',
  // On truths they are the same.
  and: 'BitwiseAnd',
  or: 'BitwiseOr',
  xor: 'BitwiseXor',
  abs: 'Absolute',
  neg: 'Negative',
  asin: 'Arcsin',
  acos: 'Arccos',
  atan: 'Arctan',
  asinh: 'Arcsinh',
  acosh: 'Arccosh',
  atanh: 'Arctanh',
  reduce_variance: 'Var',
  is_nan: 'Isnan',
  is_inf: 'Isinf',
  is_finite: 'Isfinite',
  unsorted_segment_sum: 'SegmentSum',
  unsorted_segment_max: 'SegmentMax',
  unsorted_segment_min: 'SegmentMin',
  unsorted_segment_prod: 'SegmentProd',
  left_shift: 'BitwiseLeftShift',
  right_shift: 'BitwiseRightShift',
  clip_by_value: 'Clip',
  concat: 'Concatenate',
  permute_dimensions: 'Transpose',
  repeat_elements: 'Repeat',
  reverse: 'Flip',
  convert_to_tensor: 'Identity',
  stop_gradient: 'Identity',
  grad_pass_through: 'Identity',
};

/** `reduce_logsumexp` is `Logsumexp`, `logical_and` is `LogicalAnd`, and what is called otherwise stands above. */
function operatorOf(name: string): string {
  const plain = name.replace(/^reduce_|_v2$/g, '').replaceAll(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] as string) : plain;
}

/** What TensorFlow and Keras 2's backend call the operators' arguments, the operand itself apart. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  x: ['x1'],
  a: ['x1', 'x'],
  self: ['x1'],
  y: ['x2'],
  b: ['x2'],
  other: ['x2'],
  keep_dims: ['keepdims'],
  axes: ['axis'],
  dim: ['axis'],
  shift: ['shift'],
  shape: ['newshape'],
  perm: ['axes'],
  pattern: ['axes'],
  multiples: ['repeats'],
  n: ['repeats'],
  rep: ['repeats'],
  paddings: ['pad_width'],
  depth: ['num_classes'],
  num_or_size_splits: ['indices_or_sections'],
  clip_value_min: ['x_min'],
  min_value: ['x_min'],
  clip_value_max: ['x_max'],
  max_value: ['x_max'],
  alpha: ['negative_slope'],
  begin: ['start_indices'],
  size: ['shape'],
};

/** Change nothing that is computed here, or nothing at their defaults. */
const IGNORED = ['name', 'output_type', 'dtype', 'adjoint_a', 'adjoint_b', 'num', 'beta'];

/** TensorFlow's sizes of the parts are NumPy's places to cut at. */
function cuts(sizes: unknown): unknown {
  if (!Array.isArray(sizes)) return sizes;
  return sizes.slice(0, -1).map((_, i) => sizes.slice(0, i + 1).reduce((sum: number, size: number) => sum + size, 0));
}

function lastPart(name: string): string {
  return name.split('.').at(-1) as string;
}

/** By two parts of the name where one is not enough: `image.transpose` is another function than `transpose`. */
function tensorflowOperator(name: string): Operator | undefined {
  const two = name.split('.').slice(-2).join('.');
  const key = Object.hasOwn(TENSORFLOW, two) ? two : lastPart(name);
  return Object.hasOwn(TENSORFLOW, key) ? TENSORFLOW[key] : undefined;
}

/** Functions that answer whole numbers where they are given such. */
const KEEP_INTEGERS: ReadonlySet<string> = new Set(
  `add sub subtract mul multiply neg negative abs square floordiv floor_div mod floormod maximum minimum pow sign
  reduce_sum sum reduce_max max reduce_min min reduce_prod prod reduce_mean cumsum cumprod add_n getitem gather gather_nd
  reshape transpose concat concatenate stack unstack split tile repeat reverse roll expand_dims squeeze identity
  stop_gradient convert_to_tensor clip_by_value where shape size rank argmax argmin argsort sort broadcast_to zeros_like
  ones_like slice strided_slice pad`.split(/\s+/),
);

/** A node of a Keras 2 model that is a function of TensorFlow. */
const tensorflowFunction: LayerFunction = (x, call): LayerResult => {
  const short = lastPart(String(call.options.function));
  const answer = answerOf(x, call);
  const integer = short === 'cast' ? /int/.test(String(call.keywords.dtype)) : KEEP_INTEGERS.has(short) && whole(call);
  const marked = (one: Doubles): Doubles => ({ shape: one.shape, data: one.data, integer });
  return Array.isArray(answer) ? answer.map(marked) : marked(answer as Doubles);
};

/** Whether all that a function is given are whole numbers. */
function whole({ args, keywords }: Call): boolean {
  return doublesIn([args, keywords]).every((x) => x.integer ?? x.data.every(Number.isInteger));
}

function answerOf(x: Doubles, call: Call): LayerResult {
  const name = String(call.options.function);
  const { keywords } = call;
  const short = lastPart(name);
  if (short === 'getitem') return indexed(x, keywords.slice_spec ?? call.args[1] ?? null);
  if (name.endsWith('image.resize'))
    return resizeOptions({ ...x, integer: undefined }, { ...call, options: resizeArguments(x, call) });
  if (short === 'einsum') return einsum(equationIn([call.args, keywords]), doublesIn([call.args, keywords]));
  if (short === 'batch_dot') return batchDot(doublesIn([call.args, keywords]), keywords.axes);
  if (Object.hasOwn(ACTIVATIONS, short)) return activationFunction(short, x, call);
  const own = tensorflowOperator(name);
  if (own) return own.compute(new Given(own.parameters, { args: call.args, keywords: given(keywords), options: {} }));
  const operator = OPERATORS[operatorOf(short)];
  if (!operator) throw wrong('a function of TensorFlow that is known here', `layer ${call.path}`, name);
  const { parameters } = operator;
  const named: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(keywords)) {
    if (key.startsWith('transpose_')) continue;
    const own = parameters.includes(key) ? key : ARGUMENTS[key]?.find((candidate) => parameters.includes(candidate));
    if (own) named[own] = key === 'num_or_size_splits' ? cuts(given) : given;
    else if (isDoubles(given)) named[parameters[0] as string] = given;
    else if (given !== null && given !== false && !IGNORED.includes(key))
      throw wrong('a known argument', `layer ${call.path}`, key);
  }
  // `tf.matmul` may transpose its operands itself.
  if (keywords.transpose_a === true) named.x1 = turned(x);
  if (keywords.transpose_b === true) named.x2 = turned(named.x2 as Doubles);
  const args = 'x1' in named && parameters[0] === 'x1' ? call.args.slice(1) : call.args;
  const answer = operator.compute(new Given(parameters, { args, keywords: named, options: {} }));
  // TensorFlow's mean of integers is one.
  return short === 'reduce_mean' && x.integer ? map(answer as Doubles, Math.trunc) : answer;
}

/** What a call says at all: TensorFlow writes None for what it leaves out. */
function given(keywords: Call['keywords']): Call['keywords'] {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== null));
}

/** `tf.image.resize` with the names of Keras's options. */
function resizeArguments(x: Doubles, { args, keywords }: Call): Call['options'] {
  const asked = new Given([], { args: [], keywords: { size: keywords.size ?? args[1] }, options: {} }).numbers('size');
  const scale = Math.min(...asked.map((size, i) => Math.fround(size / (x.shape[i + 1] as number))));
  const sizes =
    keywords.preserve_aspect_ratio === true
      ? asked.map((_, i) => Math.round(Math.fround(scale * (x.shape[i + 1] as number))))
      : asked;
  return { size: sizes, interpolation: keywords.method ?? 'bilinear', antialias: keywords.antialias ?? false };
}

function turned(x: Doubles): Doubles {
  const rank = x.shape.length;
  return transpose(x, [...x.shape.map((_, i) => i).slice(0, -2), rank - 1, rank - 2]);
}

function equationIn(given: unknown): string {
  const texts: string[] = [];
  JSON.stringify(given, (key, item) => {
    if (typeof item === 'string' && key !== 'name') texts.push(item);
    return isDoubles(item) ? null : item;
  });
  return texts[0] ?? '';
}

const ACTIVATIONS: Readonly<Record<string, unknown>> = { ...SCALARS, ...VECTORS };

/** `tf.nn` and `keras.activations` of Keras 2, of which `hard_sigmoid` is another function than Keras 3's. */
function activationFunction(name: string, x: Doubles, { keywords }: Pick<Call, 'keywords'>): Doubles {
  const slope = keywords.alpha ?? keywords.negative_slope;
  const options = Object.fromEntries(
    Object.entries(keywords).filter(([, given]) => given !== null && !isDoubles(given)),
  );
  const own = name === 'hard_sigmoid' ? 'hard_sigmoid_keras2' : name;
  return activation(own, x, typeof slope === 'number' ? { ...options, negative_slope: slope } : options);
}

/** A node of a Keras 3 model that is one of `keras.ops`. */
export function keras3Operator(className: string): LayerFunction | undefined {
  if (className === 'Einsum') return (_, call) => einsum(String(call.options.subscripts), doublesIn(call.args));
  if (className === 'Meshgrid') return (_, call) => meshgrid(doublesIn(call.args), call.options.indexing);
  if (className === 'Resize') return (x, call) => resizeOptions(x, call);
  const operator = OPERATORS[className];
  return operator && ((_, call) => operator.compute(new Given(operator.parameters, call)));
}

export const FUNCTION_LAYERS: Readonly<Record<string, LayerFunction>> = {
  TFOpLambda: tensorflowFunction,
  SlicingOpLambda: tensorflowFunction,
};

/** Whether a `TFOpLambda` of this function is known, `math.add` and the like. */
export function knowsFunction(name: string): boolean {
  const short = lastPart(name);
  return (
    ['getitem', 'einsum', 'batch_dot'].includes(short) ||
    name.endsWith('image.resize') ||
    Object.hasOwn(OPERATORS, operatorOf(short)) ||
    tensorflowOperator(name) !== undefined ||
    Object.hasOwn(ACTIVATIONS, short)
  );
}
