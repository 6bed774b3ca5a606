import type { LiteConverter } from '../emission.ts';

/** TensorFlow Lite's operator and TensorFlow's, of two tensors that are broadcast. */
const BINARY: Readonly<Record<string, string>> = { ADD: 'AddV2', SUB: 'Sub', MUL: 'Mul', DIV: 'RealDiv' };

export const ARITHMETIC: readonly LiteConverter[] = Object.entries(BINARY).map(
  ([op, tensorflow]): LiteConverter => ({ ops: [op], emit: (e) => e.tensorflow(tensorflow, [e.input(0), e.input(1)]) }),
);
