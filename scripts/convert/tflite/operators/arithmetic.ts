import { flag, type LiteConverter, option } from '../emission.ts';

/** TensorFlow Lite's operator and TensorFlow's, of two tensors that are broadcast. */
const BINARY: Readonly<Record<string, string>> = {
  ADD: 'AddV2',
  SUB: 'Sub',
  MUL: 'Mul',
  DIV: 'RealDiv',
  MAXIMUM: 'Maximum',
  MINIMUM: 'Minimum',
  POW: 'Pow',
  SQUARED_DIFFERENCE: 'SquaredDifference',
};

export const ARITHMETIC: readonly LiteConverter[] = [
  ...Object.entries(BINARY).map(
    ([op, tensorflow]): LiteConverter => ({
      ops: [op],
      ...(op === 'ADD' || op === 'MUL' ? { integers: true } : {}),
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
