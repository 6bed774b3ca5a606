import type { Value } from '#onnx';
import { datatypeNamed, integer, numberIn } from '../operand.ts';
import { type OperatorDefinition, onFloats, onKerasOrder } from '../operator.ts';
import type { Tensors } from '../tensors.ts';
import { either, isInfinite, isNan, type One, one, power2, type Two, two } from './functions.ts';

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
  onFloats(['NanToNum'], [], ['x', 'nan', 'posinf', 'neginf'], (to, x, { nan, posinf, neginf }) => {
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
  onFloats(['Round'], [], ['x', 'decimals'], (to, x, { decimals }) => {
    const factor = 10 ** integer(decimals, 'the decimals of Round', 0);
    if (factor === 1) return to.unary('Round', x);
    return to.divide(to.unary('Round', to.multiply(to.of(x, ''), factor)), factor);
  }),
  onKerasOrder(
    ['SaturateCast'],
    ['dtypes.saturate_cast', 'saturate_cast'],
    ['x|value', 'dtype'],
    (to, x, { dtype }) => {
      const name =
        typeof dtype === 'string' ? dtype : String((dtype as { config?: { name?: string } } | null)?.config?.name);
      const limits = LIMITS[name];
      const datatype = datatypeNamed(dtype);
      return limits
        ? to.cast(to.binary('Min', to.binary('Max', to.cast(x, 'float32'), limits[0]), limits[1]), datatype)
        : to.cast(x, datatype);
    },
  ),
];
