import type { Datatype, Value } from '#onnx';
import { broadcast, datatypeNamed, isValue, type Operand, omitted, tensorOf } from './operand.ts';
import { type OperatorDefinition, onFloats, onTensor, operator } from './operator.ts';
import type { Tensors } from './tensors.ts';

const PAIR = ['x1|x|a', 'x2|y|b'];

type Emit = (to: Tensors, a: string, b: string) => string;

/** Whether operands are tensors of integers and whole numbers, at least one of them a tensor. */
function areWhole(operands: readonly Operand[]): boolean {
  return (
    operands.some(isValue) &&
    operands.every((one) =>
      isValue(one) ? /int/.test(one.datatype) : typeof one === 'number' && Number.isInteger(one),
    )
  );
}

/** An operator on two tensors or numbers. */
function binary(
  keras: readonly string[],
  tensorflow: readonly string[],
  type: string | Emit,
  options: {
    readonly at?: Datatype;
    readonly answers?: Datatype;
    readonly truths?: true;
    /** Of whole numbers it is one, however it is worked out. */
    readonly keepsIntegers?: true;
    readonly scales?: OperatorDefinition['scales'];
  } = {},
): OperatorDefinition {
  const where = `an operand of ${keras[0] ?? tensorflow[0]}`;
  const write = typeof type === 'string' ? (to: Tensors, a: string, b: string) => to.graph.op(type, [a, b]) : type;
  return {
    keras,
    tensorflow,
    parameters: PAIR,
    ...(options.scales ? { scales: options.scales } : {}),
    emit: (to, { x1, x2 }) => {
      const { values, shape } = broadcast(to.graph, [x1, x2], where, options.at);
      const [a, b] = (options.truths ? values.map((value) => to.cast(value, 'bool')) : values) as [Value, Value];
      const answer = { ...a, name: write(to, a.name, b.name), shape, datatype: options.answers ?? a.datatype };
      return options.keepsIntegers && areWhole([x1, x2]) ? to.cast(answer, 'int32') : answer;
    },
  };
}

/** An operator on one tensor, of floats unless it says otherwise. */
function unary(
  keras: readonly string[],
  tensorflow: readonly string[],
  type: string | ((to: Tensors, x: Value) => string),
  options: { readonly integers?: true; readonly answers?: Datatype } = {},
): OperatorDefinition {
  const on = options.integers ? onTensor : onFloats;
  return on(keras, tensorflow, ['x|features|input|a'], (to, x) => ({
    ...x,
    name: typeof type === 'string' ? to.graph.op(type, [x.name]) : type(to, x),
    datatype: options.answers ?? x.datatype,
  }));
}

/** The quotient's whole part below it, as Python has it. */
const floorDivide: Emit = (to, a, b) => to.graph.op('Floor', [to.graph.op('Div', [a, b])]);

/** Operators that work on each element by itself. */
export const ELEMENTWISE: readonly OperatorDefinition[] = [
  binary(['Add'], ['math.add', '__operators__.add', 'add', 'math.add_v2'], 'Add', { scales: 'adds' }),
  binary(['Subtract'], ['math.subtract', '__operators__.sub', 'subtract'], 'Sub', { scales: 'subtracts' }),
  binary(['Multiply'], ['math.multiply', '__operators__.mul', 'multiply'], 'Mul', { scales: 'multiplies' }),
  binary(
    ['Divide', 'TrueDivide'],
    ['math.truediv', '__operators__.truediv', 'math.divide', 'realdiv', 'divide', 'truediv', 'RealDiv'],
    'Div',
    { at: 'float32', scales: 'divides' },
  ),
  binary(['FloorDivide'], ['math.floordiv', '__operators__.floordiv', 'floordiv', 'floor_div'], floorDivide, {
    at: 'float32',
    keepsIntegers: true,
  }),
  binary(
    ['Mod', 'Remainder'],
    ['math.floormod', '__operators__.mod', 'math.mod'],
    (to, a, b) => to.graph.op('Sub', [a, to.graph.op('Mul', [b, floorDivide(to, a, b)])]),
    { at: 'float32', keepsIntegers: true },
  ),
  binary(['Power'], ['math.pow', '__operators__.pow', 'pow'], 'Pow'),
  binary(['Maximum'], ['math.maximum', 'maximum'], 'Max', { at: 'int32' }),
  binary(['Minimum'], ['math.minimum', 'minimum'], 'Min', { at: 'int32' }),
  binary(['SquaredDifference'], ['math.squared_difference'], (to, a, b) => {
    const difference = to.graph.op('Sub', [a, b]);
    return to.graph.op('Mul', [difference, difference]);
  }),
  binary(['Greater'], ['math.greater', '__operators__.gt', 'greater'], 'Greater', { at: 'int32', answers: 'bool' }),
  binary(['GreaterEqual'], ['math.greater_equal', '__operators__.ge', 'greater_equal'], 'GreaterOrEqual', {
    at: 'int32',
    answers: 'bool',
  }),
  binary(['Less'], ['math.less', '__operators__.lt', 'less'], 'Less', { at: 'int32', answers: 'bool' }),
  binary(['LessEqual'], ['math.less_equal', '__operators__.le', 'less_equal'], 'LessOrEqual', {
    at: 'int32',
    answers: 'bool',
  }),
  binary(['Equal'], ['math.equal', '__operators__.eq', 'equal'], 'Equal', { at: 'int32', answers: 'bool' }),
  binary(
    ['NotEqual'],
    ['math.not_equal', '__operators__.ne', 'not_equal'],
    (to, a, b) => to.graph.op('Not', [to.graph.op('Equal', [a, b])]),
    { at: 'int32', answers: 'bool' },
  ),
  binary(['LogicalAnd'], ['math.logical_and', 'logical_and'], 'And', { truths: true }),
  binary(['LogicalOr'], ['math.logical_or', 'logical_or'], 'Or', { truths: true }),
  unary(['LogicalNot'], ['math.logical_not', 'logical_not'], (to, x) => to.graph.op('Not', [to.cast(x, 'bool').name]), {
    integers: true,
    answers: 'bool',
  }),
  unary(['Negative'], ['math.negative', '__operators__.neg', 'negative'], 'Neg', { integers: true }),
  unary(['Abs', 'Absolute'], ['math.abs', '__operators__.abs', 'abs'], 'Abs', { integers: true }),
  unary(['Square'], ['math.square', 'square'], (to, x) => to.graph.op('Mul', [x.name, x.name]), { integers: true }),
  unary(['Sign'], ['math.sign', 'sign'], 'Sign', { integers: true }),
  unary(['Sqrt'], ['math.sqrt', 'sqrt'], 'Sqrt'),
  unary(['Rsqrt'], ['math.rsqrt'], (to, x) => to.graph.op('Reciprocal', [to.graph.op('Sqrt', [x.name])])),
  unary(['Reciprocal'], ['math.reciprocal'], 'Reciprocal'),
  unary(['Exp'], ['math.exp', 'exp'], 'Exp'),
  unary(['Expm1'], ['math.expm1'], (to, x) => to.graph.op('Sub', [to.graph.op('Exp', [x.name]), to.graph.float(1)])),
  unary(['Log'], ['math.log'], 'Log'),
  unary(['Log1p'], ['math.log1p'], (to, x) => to.graph.op('Log', [to.graph.op('Add', [x.name, to.graph.float(1)])])),
  unary(['Sin'], ['math.sin', 'sin'], 'Sin'),
  unary(['Cos'], ['math.cos', 'cos'], 'Cos'),
  unary(['Tan'], ['math.tan', 'tan'], 'Tan'),
  unary(['Arctan'], ['math.atan', 'atan'], 'Atan'),
  unary(['Sinh'], ['math.sinh', 'sinh'], 'Sinh'),
  unary(['Cosh'], ['math.cosh', 'cosh'], 'Cosh'),
  unary(['Erf'], ['math.erf'], 'Erf'),
  unary(['Floor'], ['math.floor', 'floor'], 'Floor'),
  unary(['Ceil'], ['math.ceil'], 'Ceil'),
  unary([], ['math.round', 'round'], 'Round'),
  unary([], ['identity', 'stop_gradient', 'grad_pass_through'], (to, x) => to.graph.op('Identity', [x.name]), {
    integers: true,
  }),
  operator(['StopGradient'], [], ['variable|x'], (to, { variable }) =>
    tensorOf(to.graph, variable, 'the operand of StopGradient'),
  ),
  onTensor(
    ['Clip'],
    ['clip_by_value', 'keras.backend.clip', 'keras.activations.clip'],
    ['x|t', 'x_min|clip_value_min|min_value', 'x_max|clip_value_max|max_value'],
    (to, value, { x_min, x_max }) => {
      const low = broadcast(to.graph, [value, x_min], 'the lower end of Clip');
      const [a, b] = low.values as [Value, Value];
      const above: Value = { ...a, name: to.graph.op('Max', [a.name, b.name]), shape: low.shape };
      const high = broadcast(to.graph, [above, x_max], 'the upper end of Clip');
      const [c, d] = high.values as [Value, Value];
      return { ...c, name: to.graph.op('Min', [c.name, d.name]), shape: high.shape };
    },
  ),
  operator(['Where'], ['where'], ['condition', 'x1|x', 'x2|y'], (to, { condition, x1, x2 }) => {
    const { values } = broadcast(to.graph, [x1, x2], 'an operand of Where');
    const test = to.cast(tensorOf(to.graph, condition, 'the condition of Where'), 'bool');
    // The three together decide the shape; a mask of floats broadcasts as the condition does.
    const like = { ...(values[0] as Value) };
    const all = broadcast(to.graph, [{ ...test, datatype: like.datatype }, ...values], 'an operand of Where');
    const [c, a, b] = all.values as [Value, Value, Value];
    return { ...a, name: to.graph.op('Where', [c.name, a.name, b.name]), shape: all.shape };
  }),
  onTensor(['Cast'], ['cast', 'keras.backend.cast'], ['x', 'dtype'], (to, value, { dtype }) => {
    const datatype = datatypeNamed(dtype);
    // Python and TensorFlow cut fractions off, as ONNX does.
    return to.cast(value, datatype);
  }),
  // What `compute_mask` of Keras's own layers calls.
  onTensor(
    ['ConvertToTensor'],
    ['convert_to_tensor'],
    ['x|value', 'dtype', 'sparse', 'ragged'],
    (to, value, { dtype }) => (omitted(dtype) ? value : to.cast(value, datatypeNamed(dtype))),
  ),
];
