import { createEngine, type Datatype, type Engine, ModelError, RequestError } from '@freezeframe/inference';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GraphBuilder, type Datatype as GraphDatatype } from '../../../scripts/onnx/graph.ts';
import { colourGraph } from './tiny-models.ts';

async function engineOf(model: Uint8Array): Promise<Engine> {
  const engine = await createEngine(model);
  onTestFinished(() => engine.close());
  return engine;
}

function same(datatype: GraphDatatype): Uint8Array {
  const graph = new GraphBuilder();
  graph.input('x', datatype, [null, 2]);
  graph.node('Identity', ['x'], ['y']);
  graph.output('y', datatype, [null, 2]);
  return graph.build();
}

describe('createEngine', () => {
  it('describes its graph and runs it', async () => {
    const engine = await engineOf(colourGraph('Identity', 255));
    expect(engine.inputs).toEqual([{ name: 'picture', datatype: 'UINT8', shape: [null, 4, 4, 3] }]);
    expect(engine.outputs).toEqual([{ name: 'answer', datatype: 'FP32', shape: [null, 3] }]);
    const data = Uint8Array.from({ length: 48 }, (_, index) => [10, 20, 30][index % 3] as number);
    const { answer } = await engine.run({ picture: { datatype: 'UINT8', shape: [1, 4, 4, 3], data } });
    expect(answer).toEqual({ datatype: 'FP32', shape: [1, 3], data: new Float32Array([10, 20, 30]) });
  });

  it.each([
    ['float32', 'FP32', new Float32Array([0.5, -1])],
    ['uint8', 'UINT8', new Uint8Array([0, 255])],
    ['int32', 'INT32', new Int32Array([-(2 ** 31), 7])],
    ['int64', 'INT64', new BigInt64Array([-(2n ** 63n), 7n])],
    ['bool', 'BOOL', new Uint8Array([1, 0])],
  ] as const)('carries %s unchanged', async (graphType, datatype: Datatype, data) => {
    const engine = await engineOf(same(graphType));
    expect(await engine.run({ x: { datatype, shape: [1, 2], data } })).toEqual({
      y: { datatype, shape: [1, 2], data },
    });
  });

  it.each([
    ['tensor-missing', {}],
    ['tensor-unknown', { z: { datatype: 'FP32', shape: [1, 2], data: new Float32Array(2) } }],
    ['tensor-datatype', { x: { datatype: 'FP64', shape: [1, 2], data: new Float64Array(2) } }],
    ['tensor-shape', { x: { datatype: 'FP32', shape: [1, 3], data: new Float32Array(3) } }],
    ['tensor-shape', { x: { datatype: 'FP32', shape: [2], data: new Float32Array(2) } }],
    ['tensor-shape', { x: { datatype: 'FP32', shape: [0, 2], data: new Float32Array(0) } }],
    ['tensor-length', { x: { datatype: 'FP32', shape: [1, 2], data: new Float32Array(3) } }],
  ] as const)('refuses feeds with %s', async (code, feeds) => {
    const engine = await engineOf(same('float32'));
    const error = await engine.run(feeds as never).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(/^Expected .* for .* but received /) });
  });

  it('rounds nothing in front of weights that are stored in bytes', async () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', [null, 64]);
    const bytes = Int8Array.from({ length: 64 * 32 }, (_, i) => ((i * 7919) % 255) - 127);
    const stored = graph.weight('stored', [64, 32], bytes, 'int8');
    graph.node('MatMul', [x, graph.op('DequantizeLinear', [stored, graph.float(0.01)])], ['y']);
    graph.output('y', 'float32', [null, 32]);
    const engine = await createEngine(graph.build());
    onTestFinished(() => engine.close());
    const data = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i) * 3);
    const { y } = await engine.run({ x: { datatype: 'FP32', shape: [1, 64], data } });
    const wanted = Array.from({ length: 32 }, (_, column) =>
      data.reduce((sum, value, i) => sum + value * (bytes[i * 32 + column] as number) * 0.01, 0),
    );
    expect([...((y?.data ?? []) as Float32Array)]).toEqual(wanted.map((value) => expect.closeTo(value, 4)));
  });

  it('says what to do with a file that is no graph', async () => {
    for (const model of [new Uint8Array(0), new TextEncoder().encode('not a model'), colourGraph().subarray(0, 60)]) {
      const error = await createEngine(model).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ModelError);
      expect(error).toMatchObject({ code: 'model-unreadable', remedy: expect.any(String) });
    }
    await expect(createEngine('/no/such/file')).rejects.toMatchObject({ code: 'model-unreadable' });
  });

  it('keeps many runs asked for at once apart', async () => {
    const engine = await engineOf(same('float32'));
    const runs = Array.from({ length: 50 }, (_, i) =>
      engine.run({ x: { datatype: 'FP32', shape: [1, 2], data: new Float32Array([i, -i]) } }),
    );
    for (const [i, result] of (await Promise.all(runs)).entries()) {
      expect(result.y?.data).toEqual(new Float32Array([i, -i]));
    }
  });

  it('finishes what was asked for, then closes, once', async () => {
    const engine = await createEngine(same('float32'));
    const feeds = { x: { datatype: 'FP32', shape: [1, 2], data: new Float32Array([1, 2]) } } as const;
    const running = engine.run(feeds);
    const closing = engine.close();
    await engine.close();
    await closing;
    expect((await running).y?.data).toEqual(new Float32Array([1, 2]));
    await expect(engine.run(feeds)).rejects.toMatchObject({ code: 'model-closed' });
  });

  it('goes on after a run that fails', async () => {
    const graph = new GraphBuilder();
    graph.input('x', 'float32', [null, null]);
    graph.node('Reshape', ['x', graph.ints([-1, 2])], ['y']);
    graph.output('y', 'float32', [null, 2]);
    const engine = await engineOf(graph.build());
    const run = (size: number) =>
      engine.run({ x: { datatype: 'FP32', shape: [1, size], data: new Float32Array(size) } });
    await expect(run(3)).rejects.toMatchObject({ code: 'model-run-failed' });
    expect((await run(4)).y?.shape).toEqual([2, 2]);
  });
});
