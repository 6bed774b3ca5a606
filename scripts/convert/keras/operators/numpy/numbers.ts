import type { GraphBuilder, Value } from '#onnx';
import {
  datatypeNamed,
  integer,
  numberIn,
  type Operand,
  type OperatorDefinition,
  onFloats,
  onKerasOrder,
} from '../operator.ts';
import { Tensors } from '../tensors.ts';

type One = (to: Tensors, x: Value) => Value;
type Two = (to: Tensors, a: Value, b: Value) => Value;

/** A function of each number. */
function one(
  keras: readonly string[],
  tensorflow: readonly string[],
  write: One,
  integers = false,
): OperatorDefinition {
  const on = integers ? onKerasOrder : onFloats;
  return on(keras, tensorflow, ['x|features|input|a|p'], (graph, x) => {
    const to = new Tensors(graph);
    return write(to, to.of(x, ''));
  });
}

/** A function of two numbers. */
function two(
  keras: readonly string[],
  tensorflow: readonly string[],
  write: Two,
  integers = false,
  names = ['x1|x|a', 'x2|y|b'],
) {
  const [first = '', second = ''] = names.map((spellings) => spellings.split('|')[0] as string);
  return {
    keras,
    tensorflow,
    parameters: names,
    emit: (graph: GraphBuilder, operands: Readonly<Record<string, Operand | undefined>>) => {
      const to = new Tensors(graph);
      const where = `an operand of ${keras[0] ?? tensorflow[0]}`;
      const [a, b] = [operands[first], operands[second]].map((operand) => {
        return integers ? to.of(operand, where) : to.floats(operand, where);
      });
      return write(to, a as Value, b as Value);
    },
  } satisfies OperatorDefinition;
}

const op =
  (type: string, attributes = {}): One =>
  (to, x) =>
    to.unary(type, x, attributes);
const times =
  (factor: number): One =>
  (to, x) =>
    to.multiply(x, factor);

/** |x| with the sign of x given back. */
const odd =
  (write: One): One =>
  (to, x) =>
    to.multiply(to.unary('Sign', x), write(to, to.unary('Abs', x)));

const isNan: One = (to, x) => ({ ...to.unary('IsNaN', x), datatype: 'bool' });
const isInfinite =
  (attributes = {}): One =>
  (to, x) => ({ ...to.unary('IsInf', x, attributes), datatype: 'bool' });
const either: Two = (to, a, b) => to.binary('Or', a, b);

function polynomial(to: Tensors, x: Value, terms: readonly number[]): Value {
  const [first = 0, ...rest] = terms;
  return rest.reduce((sum: Value, term) => to.add(to.multiply(sum, x), term), to.add(to.multiply(x, 0), first));
}

/** M. Giles, Approximating the erfinv function, GPU Computing Gems 2010: to single precision. */
function erfinv(to: Tensors, x: Value): Value {
  const w = to.unary('Neg', to.unary('Log', to.multiply(to.subtract(1, x), to.add(x, 1))));
  const near = polynomial(
    to,
    to.subtract(w, 2.5),
    [
      2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
      0.246640727, 1.50140941,
    ],
  );
  const far = polynomial(
    to,
    to.subtract(to.unary('Sqrt', w), 3),
    [
      -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
      1.00167406, 2.83297682,
    ],
  );
  return to.multiply(x, to.where(to.compare('Less', w, 5), near, far));
}

/** Abramowitz and Stegun 9.8.1 and 9.8.2. */
function besselI0(to: Tensors, x: Value): Value {
  const size = to.unary('Abs', x);
  const t = to.divide(x, 3.75);
  const near = polynomial(to, to.multiply(t, t), [0.0045813, 0.0360768, 0.2659732, 1.2067492, 3.0899424, 3.5156229, 1]);
  const u = to.divide(3.75, size);
  const tail = polynomial(
    to,
    u,
    [0.00392377, -0.01647633, 0.02635537, -0.02057706, 0.00916281, -0.00157565, 0.00225319, 0.01328592, 0.39894228],
  );
  const far = to.multiply(to.divide(to.unary('Exp', size), to.unary('Sqrt', size)), tail);
  return to.where(to.compare('Less', size, 3.75), near, far);
}

const arctan2: Two = (to, y, x) => {
  const angle = to.unary('Atan', to.divide(y, x));
  const turn = to.where(to.compare('Less', y, 0), -Math.PI, Math.PI);
  const behind = to.where(to.compare('Less', x, 0), to.add(angle, turn), angle);
  const sides = to.multiply(to.unary('Sign', y), Math.PI / 2);
  return to.where(to.compare('Equal', x, 0), sides, behind);
};

/** log(exp(a) + exp(b)) without overflow. */
const logaddexp: Two = (to, a, b) => {
  const gap = to.unary('Neg', to.unary('Abs', to.subtract(a, b)));
  return to.add(to.binary('Max', a, b), to.unary('Log', to.add(to.unary('Exp', gap), 1)));
};

const integerOf = (to: Tensors, x: Value) =>
  x.datatype === 'bool' || x.datatype === 'uint8' ? to.cast(x, 'int32') : x;
const power2 = (to: Tensors, x: Value) => to.binary('Pow', 2, x);

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

const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483520],
};

/** Functions of numbers beyond those that TensorFlow and Keras have operators for since ever. */
export const NUMBERS: readonly OperatorDefinition[] = [
  one(['Fabs'], [], op('Abs')),
  one(['Arccos'], ['math.acos', 'acos'], op('Acos')),
  one(['Arcsin'], ['math.asin', 'asin'], op('Asin')),
  one(['Arccosh'], ['math.acosh', 'acosh'], op('Acosh')),
  one(['Arcsinh'], ['math.asinh', 'asinh'], op('Asinh')),
  one(['Arctanh'], ['math.atanh', 'atanh'], op('Atanh')),
  two(['Arctan2'], ['math.atan2', 'atan2'], arctan2, false, ['x1|y', 'x2|x']),
  one(
    ['Cbrt'],
    [],
    odd((to, x) => to.binary('Pow', x, 1 / 3)),
  ),
  one(['Deg2rad'], [], times(Math.PI / 180)),
  one(['Rad2deg'], [], times(180 / Math.PI)),
  one(['Exp2'], [], power2),
  one(['Log2'], [], (to, x) => to.multiply(to.unary('Log', x), Math.LOG2E)),
  one(['Log10'], [], (to, x) => to.multiply(to.unary('Log', x), Math.LOG10E)),
  one(['Trunc'], [], odd(op('Floor'))),
  one([], ['math.rint'], op('Round')),
  one(['Erfc'], ['math.erfc'], (to, x) => to.subtract(1, to.unary('Erf', x))),
  one(['Erfinv'], ['math.erfinv'], erfinv),
  one([], ['math.ndtri'], (to, x) => to.multiply(erfinv(to, to.subtract(to.multiply(x, 2), 1)), Math.SQRT2)),
  one(['I0'], ['math.bessel_i0'], besselI0),
  one(['Sinc'], [], (to, x) => {
    const angle = to.multiply(x, Math.PI);
    return to.where(to.compare('Equal', x, 0), 1, to.divide(to.unary('Sin', angle), angle));
  }),
  one(['Isnan'], ['math.is_nan'], isNan),
  one(['Isinf'], ['math.is_inf'], isInfinite()),
  one(['Isposinf'], [], isInfinite({ detect_negative: 0 })),
  one(['Isneginf'], [], isInfinite({ detect_positive: 0 })),
  one(['Isfinite'], ['math.is_finite'], (to, x) => to.not(either(to, isNan(to, x), isInfinite()(to, x)))),
  one(['Signbit'], [], (to, x) => to.compare('Less', to.where(to.compare('Equal', x, 0), to.divide(1, x), x), 0)),
  // No tensor here is complex: what would make one is refused.
  one(['Copy', 'Real', 'Conj', 'Conjugate'], ['math.real', 'math.conj'], op('Identity'), true),
  one(['Imag'], ['math.imag'], times(0)),
  one(['Isreal'], [], (to, x) => to.compare('Equal', to.multiply(to.cast(to.unary('Sign', x), 'int32'), 0), 0)),
  one(['Angle'], ['math.angle'], (to, x) => to.where(to.compare('Less', x, 0), Math.PI, 0)),
  onFloats(['NanToNum'], [], ['x', 'nan', 'posinf', 'neginf'], (graph, x, { nan, posinf, neginf }) => {
    const to = new Tensors(graph);
    const largest = 3.4028234663852886e38;
    const [none, high, low] = [
      numberIn(nan, 'nan', 0),
      numberIn(posinf, 'posinf', largest),
      numberIn(neginf, 'neginf', -largest),
    ];
    const there = to.where(isNan(to, x), none, to.of(x, ''));
    const capped = to.where(isInfinite({ detect_negative: 0 })(to, there), high, there);
    return to.where(isInfinite({ detect_positive: 0 })(to, capped), low, capped);
  }),
  onFloats(['Round'], [], ['x', 'decimals'], (graph, x, { decimals }) => {
    const to = new Tensors(graph);
    const factor = 10 ** integer(decimals, 'the decimals of Round', 0);
    if (factor === 1) return { ...x, name: graph.op('Round', [x.name]) };
    return to.divide(to.unary('Round', to.multiply(to.of(x, ''), factor)), factor);
  }),
  onKerasOrder(
    ['SaturateCast'],
    ['dtypes.saturate_cast', 'saturate_cast'],
    ['x|value', 'dtype'],
    (graph, x, { dtype }) => {
      const to = new Tensors(graph);
      const name =
        typeof dtype === 'string' ? dtype : String((dtype as { config?: { name?: string } } | null)?.config?.name);
      const limits = LIMITS[name];
      const datatype = datatypeNamed(dtype);
      return limits
        ? to.cast(to.binary('Min', to.binary('Max', to.cast(x, 'float32'), limits[0]), limits[1]), datatype)
        : to.cast(x, datatype);
    },
  ),
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
      [`bitwise.bitwise_${word.toLowerCase()}`],
      (to, a, b) => {
        if (a.datatype === 'bool' && b.datatype === 'bool') return to.binary(word, a, b);
        return to.binary(`Bitwise${word}`, integerOf(to, a), integerOf(to, b));
      },
      true,
    ),
  ),
  one(
    ['BitwiseInvert', 'BitwiseNot'],
    ['bitwise.invert'],
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
  {
    keras: ['Isclose'],
    tensorflow: [],
    parameters: ['x1', 'x2', 'rtol', 'atol', 'equal_nan'],
    emit: (graph, { x1, x2, rtol, atol, equal_nan }) => {
      const to = new Tensors(graph);
      const [a, b] = [to.floats(x1, 'an operand of Isclose'), to.floats(x2, 'an operand of Isclose')];
      const allowed = to.add(
        to.multiply(to.unary('Abs', b), numberIn(rtol, 'rtol', 1e-5)),
        numberIn(atol, 'atol', 1e-8),
      );
      const near = to.compare('LessOrEqual', to.unary('Abs', to.subtract(a, b)), allowed);
      const endless = either(to, isInfinite()(to, a), isInfinite()(to, b));
      const close = either(to, to.compare('Equal', a, b), to.binary('And', near, to.not(endless)));
      return equal_nan === true ? either(to, close, to.binary('And', isNan(to, a), isNan(to, b))) : close;
    },
  },
  {
    keras: [],
    tensorflow: ['math.add_n', 'add_n'],
    parameters: ['inputs'],
    emit: (graph, { inputs }) => {
      const to = new Tensors(graph);
      const list = (Array.isArray(inputs) ? inputs : [inputs]) as readonly Operand[];
      return list.map((item) => to.of(item, 'an operand of add_n')).reduce((a, b) => to.add(a, b));
    },
  },
  {
    keras: ['Select'],
    tensorflow: [],
    parameters: ['condlist', 'choicelist', 'default'],
    emit: (graph, { condlist, choicelist, default: otherwise }) => {
      const to = new Tensors(graph);
      const [tests, choices] = [condlist, choicelist] as readonly (readonly Operand[])[];
      const last = to.of(otherwise ?? 0, 'the default of Select', 'float32');
      return (tests ?? []).reduceRight<Value>(
        (rest, test, i) => to.where(to.of(test, 'a condition'), to.of(choices?.[i], 'a choice', 'float32'), rest),
        last,
      );
    },
  },
];
