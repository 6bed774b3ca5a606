import type { Value } from '#onnx';
import { numberIn, type Operand } from '../operand.ts';
import { type OperatorDefinition, operator } from '../operator.ts';
import type { Tensors } from '../tensors.ts';
import { either, isInfinite, isNan, one, power2, type Two, two } from './functions.ts';

/** log(exp(a) + exp(b)) without overflow. */
const logaddexp: Two = (to, a, b) => {
  const gap = to.unary('Neg', to.unary('Abs', to.subtract(a, b)));
  return to.add(to.binary('Max', a, b), to.unary('Log', to.add(to.unary('Exp', gap), 1)));
};

const integerOf = (to: Tensors, x: Value) =>
  x.datatype === 'bool' || x.datatype === 'uint8' ? to.cast(x, 'int32') : x;

/** Bits to the right: division by a power of two, rounded down. */
const shiftRight: Two = (to, a, b) => {
  const by = power2(to, integerOf(to, b));
  const x = integerOf(to, a);
  return to.binary('Div', to.subtract(x, to.binary('Mod', x, by)), by);
};

/** The number that is there, where one of the two is none. */
const ignoringNan =
  (type: 'Max' | 'Min'): Two =>
  (to, a, b) =>
    to.where(isNan(to, a), b, to.where(isNan(to, b), a, to.binary(type, a, b)));

/** Functions of two numbers and more beyond those that TensorFlow and Keras have operators for since ever. */
export const PAIRS: readonly OperatorDefinition[] = [
  two(['DivideNoNan'], ['math.divide_no_nan'], (to, a, b) => to.where(to.compare('Equal', b, 0), 0, to.divide(a, b))),
  two([], ['math.multiply_no_nan'], (to, a, b) => to.where(to.compare('Equal', b, 0), 0, to.multiply(a, b))),
  two([], ['math.xdivy'], (to, a, b) => to.where(to.compare('Equal', a, 0), 0, to.divide(a, b))),
  two([], ['math.xlogy'], (to, a, b) => to.where(to.compare('Equal', a, 0), 0, to.multiply(a, to.unary('Log', b)))),
  two(['Fmod'], [], (to, a, b) => {
    const { name, ...rest } = to.add(a, to.multiply(b, 0));
    return { ...rest, name: to.graph.op('Mod', [name, to.add(to.multiply(a, 0), b).name], { fmod: 1 }) };
  }),
  two(['Fmax'], [], ignoringNan('Max')),
  two(['Fmin'], [], ignoringNan('Min')),
  two(['Heaviside'], [], (to, a, b) => {
    const step = to.where(to.compare('Less', a, 0), 0, to.constant('float32', [1], []));
    return to.where(to.compare('Equal', a, 0), b, step);
  }),
  two(['Hypot'], [], (to, a, b) => to.unary('Sqrt', to.add(to.multiply(a, a), to.multiply(b, b)))),
  two(['Ldexp'], [], (to, a, b) => to.multiply(a, power2(to, b))),
  two(['Logaddexp'], [], logaddexp),
  two(['Logaddexp2'], [], (to, a, b) => {
    const scaled = logaddexp(to, to.multiply(a, Math.LN2), to.multiply(b, Math.LN2));
    return to.multiply(scaled, Math.LOG2E);
  }),
  two(
    ['LogicalXor'],
    ['math.logical_xor'],
    (to, a, b) => to.binary('Xor', to.cast(a, 'bool'), to.cast(b, 'bool')),
    true,
  ),
  ...(['And', 'Or', 'Xor'] as const).map((word) =>
    two(
      [`Bitwise${word}`],
      [`bitwise.bitwise_${word.toLowerCase()}`, `__operators__.${word.toLowerCase()}`],
      (to, a, b) => {
        if (a.datatype === 'bool' && b.datatype === 'bool') return to.binary(word, a, b);
        return to.binary(`Bitwise${word}`, integerOf(to, a), integerOf(to, b));
      },
      true,
    ),
  ),
  one(
    ['BitwiseInvert', 'BitwiseNot'],
    ['bitwise.invert', '__operators__.invert'],
    (to, x) => (x.datatype === 'bool' ? to.not(x) : to.unary('BitwiseNot', integerOf(to, x))),
    true,
  ),
  two(
    ['BitwiseLeftShift', 'LeftShift'],
    ['bitwise.left_shift'],
    (to, a, b) => to.multiply(integerOf(to, a), power2(to, integerOf(to, b))),
    true,
  ),
  two(['BitwiseRightShift', 'RightShift'], ['bitwise.right_shift'], shiftRight, true),
  operator(['Isclose'], [], ['x1', 'x2', 'rtol', 'atol', 'equal_nan'], (to, { x1, x2, rtol, atol, equal_nan }) => {
    const [a, b] = [to.floats(x1, 'an operand of Isclose'), to.floats(x2, 'an operand of Isclose')];
    const allowed = to.add(to.multiply(to.unary('Abs', b), numberIn(rtol, 'rtol', 1e-5)), numberIn(atol, 'atol', 1e-8));
    const near = to.compare('LessOrEqual', to.unary('Abs', to.subtract(a, b)), allowed);
    const endless = either(to, isInfinite()(to, a), isInfinite()(to, b));
    const close = either(to, to.compare('Equal', a, b), to.binary('And', near, to.not(endless)));
    return equal_nan === true ? either(to, close, to.binary('And', isNan(to, a), isNan(to, b))) : close;
  }),
  operator([], ['math.add_n', 'add_n'], ['inputs'], (to, { inputs }) => {
    const list = (Array.isArray(inputs) ? inputs : [inputs]) as readonly Operand[];
    return list.map((item) => to.of(item, 'an operand of add_n')).reduce((a, b) => to.add(a, b));
  }),
  operator(
    ['Select'],
    [],
    ['condlist', 'choicelist', 'default'],
    (to, { condlist, choicelist, default: otherwise }) => {
      const [tests, choices] = [condlist, choicelist] as readonly (readonly Operand[])[];
      const last = to.of(otherwise ?? 0, 'the default of Select', 'float32');
      return (tests ?? []).reduceRight<Value>(
        (rest, test, i) => to.where(to.of(test, 'a condition'), to.of(choices?.[i], 'a choice', 'float32'), rest),
        last,
      );
    },
  ),
];
