import type { Engine } from '../engine.ts';
import { ModelError, RequestError } from '../errors.ts';

/** What onnxruntime says where the machine is at fault. */
const OF_MEMORY = /alloc|memory/i;

/**
 * The engine of a model of tensors, which says whose fault it is that a run fails. Shapes and datatypes are checked before,
 * and say little of some graphs: one looks up a row by its number, and has ten of them; another has free sizes that have to
 * fit together. What a sender can change is no failure of the service.
 */
export function refusingTensors(engine: Engine): Engine {
  return {
    inputs: engine.inputs,
    outputs: engine.outputs,
    threads: engine.threads,
    close: () => engine.close(),
    run: (feeds, names) =>
      engine.run(feeds, names).catch((error: unknown) => {
        if (!(error instanceof ModelError) || error.code !== 'model-run-failed') throw error;
        if (OF_MEMORY.test(String((error.cause as Error | undefined)?.message))) throw error;
        throw new RequestError('tensor-refused', 'The model cannot be run with these tensors', {
          cause: error,
          remedy: 'Send numbers of words and categories that the model knows, and sizes that it was made for.',
        });
      }),
  };
}
