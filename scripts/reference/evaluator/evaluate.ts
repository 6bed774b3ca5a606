import type { KerasModel } from '#keras';
import type { ReferenceTensor } from '../reference-tensor.ts';
import { type Doubles, doubles, sizeOf, wrong } from './doubles.ts';
import { declaredInputs, Walker } from './walker.ts';

/** Numbers of input in one run: more gains nothing and holds every layer's answer for all of them. */
const MAX_INPUT = 50_000;
const MAX_ROWS = 32;

/**
 * Computes a Keras model's answers by the definitions in Keras's documentation, in double precision and plain loops. It
 * shares no code with the converter: config, calls, masks, layers and padding are read a second time.
 * @param inputs in the model's order, each with the same number of rows.
 * @returns the model's outputs, in its order.
 * @throws FreezeframeError `reference-unsupported` for what it does not know
 */
export async function evaluate(
  model: KerasModel,
  inputs: readonly ReferenceTensor[],
  onProgress: (done: number) => void = () => undefined,
): Promise<ReferenceTensor[]> {
  const walker = new Walker(model);
  const declared = declaredInputs(model.config);
  const rows = inputs[0]?.shape[0] ?? 0;
  const size = Math.max(1, sizeOf(inputs[0]?.shape.slice(1) ?? []));
  const batch = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_INPUT / size)));
  const parts: Doubles[][] = [];
  for (let first = 0; first < rows; first += batch) {
    const last = Math.min(first + batch, rows);
    const given = inputs.map((input, i) => ({
      ...rowsOf(input, first, last),
      integer: /int/.test(declared[i]?.datatype ?? '') || undefined,
    }));
    parts.push(walker.model(model.config, '', given));
    onProgress(last);
    // Plain JavaScript holds the event loop: progress bars and Ctrl-C get their turn here.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return (parts[0] ?? []).map((_, i) =>
    joined(
      parts.map((part) => part[i] as Doubles),
      rows,
    ),
  );
}

function rowsOf({ shape, data }: ReferenceTensor, first: number, last: number): Doubles {
  const size = sizeOf(shape.slice(1));
  return doubles([last - first, ...shape.slice(1)], data.slice(first * size, last * size));
}

function joined(parts: readonly Doubles[], rows: number): ReferenceTensor {
  const [first] = parts as [Doubles];
  // One number for all rows is what the model answers only where the rows were not cut.
  if (first.shape.length === 0 && parts.length > 1)
    throw wrong('an answer for each row', 'a model', 'one for all rows');
  if (first.shape.length === 0) return { shape: [], data: Float32Array.from(first.data) };
  const size = sizeOf(first.shape.slice(1));
  const data = new Float32Array(parts.reduce((n, part) => n + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { shape: [data.length === rows * size ? rows : (first.shape[0] ?? 0), ...first.shape.slice(1)], data };
}
