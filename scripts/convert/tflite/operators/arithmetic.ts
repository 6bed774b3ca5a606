import { DATATYPE_NUMBERS, renamed, type Value } from '#onnx';
import { given, type Operand } from '../../tensorflow/operand.ts';
import { flag, type LiteConverter, type LiteEmission, option } from '../emission.ts';
import { multipliersOf } from '../fixed-point.ts';

/** TensorFlow Lite's operator and TensorFlow's, of two tensors that are broadcast. */
const BINARY: Readonly<Record<string, string>> = {
  MUL: 'Mul',
  DIV: 'RealDiv',
  MAXIMUM: 'Maximum',
  MINIMUM: 'Minimum',
  POW: 'Pow',
  SQUARED_DIFFERENCE: 'SquaredDifference',
};

/** Sums of stored numbers are counted in doubles, which hold them exactly. */
function added(e: LiteEmission, sign: 1 | -1): Operand | readonly Operand[] {
  const tensorflow = sign === 1 ? 'AddV2' : 'Sub';
  const stored = e.stored();
  const fixed = stored && multipliersOf(stored.scales, stored.output);
  if (!stored || !fixed) return e.tensorflow(tensorflow, [e.input(0), e.input(1)]);
  const { graph } = e;
  const double = (value: number) => graph.constant('float64', [value], []);
  const [first, second] = stored.values.map((value, i): Value => {
    const exact = graph.op('Cast', [value.name], { to: DATATYPE_NUMBERS.float64 });
    const name = graph.op('Mul', [exact, double((fixed.multipliers[i] as number) / fixed.step)]);
    return { ...renamed(value, name), datatype: 'float64' };
  }) as [Value, Value];
  const [a, b] = stored.scales.map(
    ({ zeroPoints }, i) => ((zeroPoints[0] as number) * (fixed.multipliers[i] as number)) / fixed.step,
  ) as [number, number];
  const sum = e.tensorflow(tensorflow, [given(first), given(second)]) as Extract<Operand, { kind: 'value' }>;
  // A half of a step goes up, and cutting off is rounding down from zero on.
  const whole = graph.op('Add', [sum.value.name, double((stored.output.zeroPoints[0] as number) - a - sign * b + 0.5)]);
  const name = graph.op('Cast', [graph.op('Clip', [whole, double(0), double(255)])], { to: DATATYPE_NUMBERS.uint8 });
  return given({ ...renamed(sum.value, name), datatype: 'uint8' });
}

export const ARITHMETIC: readonly LiteConverter[] = [
  { ops: ['ADD'], integers: true, emit: (e) => added(e, 1) },
  { ops: ['SUB'], emit: (e) => added(e, -1) },
  ...Object.entries(BINARY).map(
    ([op, tensorflow]): LiteConverter => ({
      ops: [op],
      ...(op === 'MUL' ? { integers: true } : {}),
      emit: (e) => e.tensorflow(tensorflow, [e.input(0), e.input(1)]),
    }),
  ),
  {
    ops: ['BATCH_MATMUL'],
    integers: true,
    emit: (e) =>
      e.tensorflow('BatchMatMulV2', [e.input(0), e.input(1)], {
        adj_x: flag(option(e.operator, 'adj_x')),
        adj_y: flag(option(e.operator, 'adj_y')),
      }),
  },
];
