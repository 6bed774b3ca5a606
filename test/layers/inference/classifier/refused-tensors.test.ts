import { describe, expect, it } from 'vitest';
import { refusingTensors } from '../../../../layers/inference/src/classifier/refused-tensors.ts';
import { createEngine, type Engine } from '../../../../layers/inference/src/engine.ts';
import { ModelError } from '../../../../layers/inference/src/errors.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';

/** Looks up rows of a table of ten by their numbers, of as many words as there are. */
function words(): Uint8Array {
  const graph = new GraphBuilder();
  const numbers = graph.input('words', 'int64', [null, null]);
  graph.node('Gather', [graph.weight('table', [10, 2], new Float32Array(20)), numbers], ['rows']);
  graph.output('rows', 'float32', [null, null, 2]);
  return graph.build();
}

/** Multiplies rows of any length with three weights. */
function product(): Uint8Array {
  const graph = new GraphBuilder();
  const row = graph.input('row', 'float32', [null, null]);
  graph.node('MatMul', [row, graph.weight('weights', [3, 1], new Float32Array(3))], ['sum']);
  graph.output('sum', 'float32', [null, 1]);
  return graph.build();
}

describe('refusingTensors', () => {
  it('refuses the number of a row that the model does not have', async () => {
    const engine = refusingTensors(await createEngine(words()));
    const ask = (last: bigint) =>
      engine.run({ words: { datatype: 'INT64', shape: [1, 2], data: BigInt64Array.of(1n, last) } });
    await expect(ask(10n)).rejects.toMatchObject({ code: 'tensor-refused' });
    expect((await ask(9n)).rows?.shape).toEqual([1, 2, 2]);
  });

  it('refuses sizes that the model was not made for', async () => {
    const engine = refusingTensors(await createEngine(product()));
    const ask = (size: number) =>
      engine.run({ row: { datatype: 'FP32', shape: [1, size], data: new Float32Array(size) } });
    await expect(ask(4)).rejects.toMatchObject({ code: 'tensor-refused' });
    expect((await ask(3)).sum?.shape).toEqual([1, 1]);
  });

  it('leaves to the machine what is its own', async () => {
    const failing = (code: 'model-closed' | 'model-run-failed', message: string): Engine => ({
      inputs: [],
      outputs: [],
      threads: 1,
      run: async () => {
        throw new ModelError(code, 'It failed', { cause: new Error(message) });
      },
      close: async () => {},
    });
    const short = 'Failed to allocate memory for requested buffer of size 4294967296';
    await expect(refusingTensors(failing('model-run-failed', short)).run({})).rejects.toMatchObject({
      code: 'model-run-failed',
    });
    await expect(refusingTensors(failing('model-closed', '')).run({})).rejects.toMatchObject({ code: 'model-closed' });
  });
});
