import { binary, broadcastTo, type Doubles, doubles, map, where } from '../doubles.ts';
import { activation, erf, SCALARS, VECTORS } from '../kinds/activations.ts';
import { type Operator, onTensor, pairwise, unary } from './given.ts';

const truth = (condition: boolean) => Number(condition);
/** What a tensor is compared with may be NaN, for which JSON has null. */
const comparison = (f: (a: number, b: number) => boolean): Operator => ({
  parameters: ['x1', 'x2'],
  compute: (g) => {
    const side = (name: string) => (g.get(name) === null ? doubles([], [Number.NaN]) : g.tensor(name));
    return binary(side('x1'), side('x2'), (a, b) => truth(f(a, b)));
  },
});

const integral = /int|bool/;

function cast(x: Doubles, dtype: unknown): Doubles {
  const name =
    typeof dtype === 'string' ? dtype : String((dtype as { config?: { name?: unknown } } | null)?.config?.name);
  if (name.includes('bool')) return map(x, (element) => truth(element !== 0));
  if (!integral.test(name)) return map(x, (element) => element);
  return { ...map(x, Math.trunc), integer: true };
}

const camel = (name: string) => name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `keras.ops.nn` has the activations too, as `LeakyRelu` and so on. */
function activationOperators(): Record<string, Operator> {
  const names = [...Object.keys(SCALARS), ...Object.keys(VECTORS)];
  return Object.fromEntries(
    names.map((name) => [camel(name), onTensor(['x'], (x, g) => activation(name, x, g.options))]),
  );
}

/** Operators that compute each number by itself. */
export const ELEMENTWISE: Readonly<Record<string, Operator>> = {
  ...activationOperators(),
  // The operator's default is another than the activation's.
  Gelu: onTensor(['x', 'approximate'], (x, g) => activation('gelu', x, { approximate: g.get('approximate') ?? true })),
  LeakyRelu: onTensor(['x', 'negative_slope'], (x, g) =>
    activation('leaky_relu', x, { negative_slope: g.number('negative_slope', 0.2) }),
  ),
  ReLU: onTensor(['x', 'negative_slope', 'max_value', 'threshold'], (x, g) => activation('relu', x, g.options)),
  Add: pairwise((a, b) => a + b),
  Subtract: pairwise((a, b) => a - b),
  Multiply: pairwise((a, b) => a * b),
  Divide: pairwise((a, b) => a / b),
  TrueDivide: pairwise((a, b) => a / b),
  DivideNoNan: pairwise((a, b) => (b === 0 ? 0 : a / b)),
  FloorDivide: pairwise((a, b) => Math.floor(a / b)),
  Mod: pairwise((a, b) => a - b * Math.floor(a / b)),
  Remainder: pairwise((a, b) => a - b * Math.floor(a / b)),
  Fmod: pairwise((a, b) => a % b),
  Power: pairwise((a, b) => a ** b),
  Maximum: pairwise(Math.max),
  Minimum: pairwise(Math.min),
  Arctan2: pairwise(Math.atan2),
  Hypot: pairwise(Math.hypot),
  Logaddexp: pairwise((a, b) => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))),
  SquaredDifference: pairwise((a, b) => (a - b) ** 2),
  Equal: comparison((a, b) => a === b),
  NotEqual: comparison((a, b) => a !== b),
  Less: comparison((a, b) => a < b),
  LessEqual: comparison((a, b) => a <= b),
  Greater: comparison((a, b) => a > b),
  GreaterEqual: comparison((a, b) => a >= b),
  LogicalAnd: pairwise((a, b) => truth(a !== 0 && b !== 0)),
  LogicalOr: pairwise((a, b) => truth(a !== 0 || b !== 0)),
  LogicalXor: pairwise((a, b) => truth((a !== 0) !== (b !== 0))),
  LogicalNot: unary((x) => truth(x === 0)),
  Absolute: unary(Math.abs),
  Abs: unary(Math.abs),
  Negative: unary((x) => -x),
  Square: unary((x) => x * x),
  Sqrt: unary(Math.sqrt),
  Rsqrt: unary((x) => 1 / Math.sqrt(x)),
  Cbrt: unary(Math.cbrt),
  Reciprocal: unary((x) => 1 / x),
  Exp: unary(Math.exp),
  Exp2: unary((x) => 2 ** x),
  Expm1: unary(Math.expm1),
  Log: unary(Math.log),
  Log1p: unary(Math.log1p),
  Log2: unary(Math.log2),
  Log10: unary(Math.log10),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Arcsin: unary(Math.asin),
  Arccos: unary(Math.acos),
  Arctan: unary(Math.atan),
  Sinh: unary(Math.sinh),
  Cosh: unary(Math.cosh),
  Arcsinh: unary(Math.asinh),
  Arccosh: unary(Math.acosh),
  Arctanh: unary(Math.atanh),
  Erf: unary(erf),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Trunc: unary(Math.trunc),
  Sign: unary(Math.sign),
  Isnan: unary((x) => truth(Number.isNaN(x))),
  Isfinite: unary((x) => truth(Number.isFinite(x))),
  Isinf: unary((x) => truth(Math.abs(x) === Number.POSITIVE_INFINITY)),
  ZerosLike: unary(() => 0),
  OnesLike: unary(() => 1),
  Identity: unary((x) => x),
  StopGradient: onTensor(['variable'], (x) => x),
  Copy: unary((x) => x),
  Clip: onTensor(['x', 'x_min', 'x_max'], (x, g) => {
    const low = g.get('x_min') === null ? doubles([], [Number.NEGATIVE_INFINITY]) : g.tensor('x_min');
    const high = g.get('x_max') === null ? doubles([], [Number.POSITIVE_INFINITY]) : g.tensor('x_max');
    return binary(binary(x, low, Math.max), high, Math.min);
  }),
  Where: onTensor(['condition', 'x1', 'x2'], (x, g) => where(x, g.tensor('x1'), g.tensor('x2'))),
  FullLike: onTensor(['x', 'fill_value'], (x, g) => broadcastTo(g.tensor('fill_value'), x.shape)),
  Cast: onTensor(['x', 'dtype'], (x, g) => cast(x, g.get('dtype'))),
  ConvertToTensor: onTensor(['x'], (x) => x),
};
