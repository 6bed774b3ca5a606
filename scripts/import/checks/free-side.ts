import { createEngine, expected, ModelError } from '@freezeframe/inference';
import type { Samples } from '#frozen';
import { ImportError } from '#guards';
import type { Shape } from '#keras';
import { mapTensors, rowsOf } from './rows.ts';

/** Tried where the usual size of free axes does not run: between them multiples of all numbers up to 10, and of 12, 16 and 32. */
const OTHER_SIZES = [96, 60, 80, 112, 72, 192, 320];

/**
 * Made-up samples with which the graph runs: a model may join what it made smaller and larger again with what it was given,
 * which fits for multiples of its strides alone.
 * @param shapes of the inputs
 * @param make samples whose free axes are of a size, or of the usual one
 * @throws ImportError `option-mismatch` where no size runs
 */
export async function samplesThatRun(
  onnx: Uint8Array,
  shapes: readonly Shape[],
  make: (size?: number) => Samples,
): Promise<Samples> {
  if (!shapes.some((shape) => shape.slice(1).includes(null))) return make();
  const engine = await createEngine(onnx);
  let failure: unknown;
  try {
    for (const size of [undefined, ...OTHER_SIZES]) {
      const samples = make(size);
      try {
        await engine.run(mapTensors(samples, (all) => rowsOf(all, 0)));
        return samples;
      } catch (error) {
        // The engine's own word for "not with this size"; anything else is a bug.
        if (!(error instanceof ModelError && error.code === 'model-run-failed')) throw error;
        failure ??= error;
      }
    }
  } finally {
    await engine.close();
  }
  const free = shapes.map((shape) => `[${shape.slice(1).map((size) => size ?? '?')}]`).join(', ');
  throw new ImportError('option-mismatch', expected('a size that the model answers', 'its free axes', free), {
    cause: failure,
    details: { tried: OTHER_SIZES },
    remedy: 'Give its inputs fixed sizes that it was made for, save it again, and import that.',
  });
}
