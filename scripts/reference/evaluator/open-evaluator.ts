import type { KerasModel } from '#keras';
import type { Reference, ReferenceTensor } from '../tfjs/layers.ts';
import { sizeOf, type Value, value } from './value.ts';
import { inputTypes, Walker } from './walker.ts';

/** What manifests and messages call it. */
export const EVALUATOR = "Freezeframe's plain evaluator";

/** Numbers of input in one run: more gains nothing and holds every layer's answer for all of them. */
const MAX_INPUT = 1_000_000;
const MAX_ROWS = 32;

/**
 * Computes a Keras model's answers by the definitions in Keras's documentation, in double precision and plain loops. It
 * shares no code with the converter: config, calls, masks, layers and padding are read a second time.
 * @throws FreezeframeError `reference-unsupported` (while it runs) for what it does not know
 */
export function openEvaluator(model: KerasModel): Reference {
  const walker = new Walker(model.weights);
  const integers = inputTypes(model.config).map((type) => /int/.test(type));
  return {
    version: EVALUATOR,
    async run(inputs, onProgress = () => undefined) {
      const rows = inputs[0]?.shape[0] ?? 0;
      const size = Math.max(1, sizeOf(inputs[0]?.shape.slice(1) ?? []));
      const batch = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_INPUT / size)));
      const parts: Value[][] = [];
      for (let first = 0; first < rows; first += batch) {
        const last = Math.min(first + batch, rows);
        parts.push(
          walker.model(
            model.config,
            '',
            inputs.map((input, i) => ({ ...rowsOf(input, first, last), integer: integers[i] || undefined })),
          ),
        );
        onProgress(last);
        // Plain JavaScript holds the event loop: progress bars and Ctrl-C get their turn here.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return (parts[0] ?? []).map((_, i) =>
        joined(
          parts.map((part) => part[i] as Value),
          rows,
        ),
      );
    },
    close: () => undefined,
  };
}

function rowsOf({ shape, data }: ReferenceTensor, first: number, last: number): Value {
  const size = sizeOf(shape.slice(1));
  return value([last - first, ...shape.slice(1)], data.slice(first * size, last * size));
}

function joined(parts: readonly Value[], rows: number): ReferenceTensor {
  const [first] = parts as [Value];
  const size = sizeOf(first.shape.slice(1));
  const data = new Float32Array(parts.reduce((n, part) => n + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { shape: [data.length === rows * size ? rows : (first.shape[0] ?? 0), ...first.shape.slice(1)], data };
}
