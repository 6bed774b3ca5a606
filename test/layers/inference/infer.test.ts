import { createEngine, type Engine, inferWith, MAX_ELEMENTS, RequestError } from '@freezeframe/inference';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder, type Datatype as GraphDatatype } from '../../../scripts/onnx/graph.ts';
import { colourGraph, manifestFor } from './tiny-models.ts';

const manifest = manifestFor(new Uint8Array(1));
const engines: Record<string, Engine> = {};

/** [batch, 2] of each datatype, unchanged. */
const KINDS: Record<string, GraphDatatype> = {
  FP32: 'float32',
  UINT8: 'uint8',
  INT32: 'int32',
  INT64: 'int64',
  BOOL: 'bool',
};

function sumGraph(): Uint8Array {
  const graph = new GraphBuilder();
  for (const name of ['a', 'b']) graph.input(name, 'float32', [null, 2]);
  graph.node('Add', ['a', 'b'], ['sum']);
  graph.node('Sub', ['a', 'b'], ['difference']);
  for (const name of ['sum', 'difference']) graph.output(name, 'float32', [null, 2]);
  return graph.build();
}

beforeAll(async () => {
  for (const [datatype, kind] of Object.entries(KINDS)) {
    const graph = new GraphBuilder();
    graph.input('x', kind, [null, 2]);
    graph.node('Identity', ['x'], ['y']);
    graph.output('y', kind, [null, 2]);
    engines[datatype] = await createEngine(graph.build());
  }
  engines.sum = await createEngine(sumGraph());
  engines.picture = await createEngine(colourGraph('Identity', 255));
});
afterAll(() => Promise.all(Object.values(engines).map((engine) => engine.close())));

const ask = (engine: string, request: unknown) => inferWith(engines[engine] as Engine, manifest, request);
const tensor = (data: unknown, rest: object = {}) => ({ name: 'x', shape: [1, 2], datatype: 'FP32', data, ...rest });

describe('inferWith', () => {
  it('answers as the protocol says, the id echoed', async () => {
    expect(await ask('FP32', { id: '42', inputs: [tensor([1, 2.5])] })).toEqual({
      model_name: 'colours',
      model_version: '1',
      id: '42',
      outputs: [{ name: 'y', shape: [1, 2], datatype: 'FP32', data: [1, 2.5] }],
    });
    expect(await ask('FP32', { inputs: [tensor([1, 2.5])] })).not.toHaveProperty('id');
  });

  it.each([
    ['FP32', [0.5, -3]],
    ['UINT8', [0, 255]],
    ['INT32', [-(2 ** 31), 2 ** 31 - 1]],
    ['INT64', [-(2 ** 53 - 1), 2 ** 53 - 1]],
    ['BOOL', [true, false]],
  ])('carries %s', async (datatype, data) => {
    const { outputs } = await ask(datatype, { inputs: [tensor(data, { datatype })] });
    expect(JSON.parse(JSON.stringify(outputs))).toEqual([{ name: 'y', shape: [1, 2], datatype, data }]);
  });

  it('takes flat and nested data, any batch', async () => {
    for (const data of [
      [1, 2, 3, 4, 5, 6],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ]) {
      const { outputs } = await ask('FP32', { inputs: [tensor(data, { shape: [3, 2] })] });
      expect(outputs[0]).toMatchObject({ shape: [3, 2], data: [1, 2, 3, 4, 5, 6] });
    }
  });

  it('takes the pixels of a picture model', async () => {
    const data = Array.from({ length: 96 }, (_, i) => [9, 8, 7][i % 3]);
    const { outputs } = await ask('picture', {
      inputs: [{ name: 'picture', shape: [2, 4, 4, 3], datatype: 'UINT8', data }],
    });
    expect(outputs).toEqual([{ name: 'answer', shape: [2, 3], datatype: 'FP32', data: [9, 8, 7, 9, 8, 7] }]);
  });

  it('answers the outputs that are asked for', async () => {
    const inputs = [tensor([5, 6], { name: 'a' }), tensor([1, 2], { name: 'b' })];
    const names = async (outputs?: object[]) => (await ask('sum', { inputs, outputs })).outputs.map(({ name }) => name);
    expect(await names()).toEqual(['sum', 'difference']);
    expect(await names([{ name: 'difference' }])).toEqual(['difference']);
    await expect(names([{ name: 'product' }])).rejects.toMatchObject({ code: 'output-unknown' });
  });

  it.each([
    ['FP32', undefined, 'Expected an object with inputs for the request but received undefined'],
    ['FP32', {}, 'Expected an array of tensors for inputs but received undefined'],
    ['FP32', { inputs: [] }, 'Expected at least one tensor for inputs but received []'],
    ['FP32', { inputs: [{ ...tensor([1, 2]), name: 7 }] }, 'Expected a string for inputs[0].name but received 7'],
    [
      'FP32',
      { inputs: [tensor([1, 2], { shape: [1, 0] })] },
      'Expected a size of at least 1 for inputs[0].shape[1] but received 0',
    ],
    ['FP32', { inputs: [tensor('AAAA')] }, 'Expected an array of values for inputs[0].data but received "AAAA"'],
    ['FP32', { inputs: [tensor([1, 2]), tensor([1, 2])] }, 'Expected each input once for inputs but received "x"'],
    ['FP32', { inputs: [tensor([1, 2], { name: 'z' })] }, 'Expected x for the name of an input but received "z"'],
    [
      'FP32',
      { inputs: [tensor([1, 2], { shape: [2] })] },
      'Expected [-1, 2] for the shape of input x but received [2]',
    ],
    [
      'FP32',
      { inputs: [tensor([1, 2], { datatype: 'FP64' })] },
      'Expected FP32 for the datatype of input x but received "FP64"',
    ],
    ['FP32', { inputs: [tensor([1])] }, 'Expected 2 values (shape [1, 2]) for inputs[0].data but received 1'],
    [
      'FP32',
      {
        inputs: [
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ],
      },
      'Expected 1 entries (shape [1, 2]) for inputs[0].data but received 2',
    ],
    ['FP32', { inputs: [tensor([[1]])] }, 'Expected 2 entries (shape [1, 2]) for inputs[0].data[0] but received 1'],
    [
      'FP32',
      { inputs: [tensor([1, null])] },
      'Expected a finite number (FP32) for inputs[0].data[1] but received null',
    ],
    [
      'FP32',
      { inputs: [tensor([1, 1e300])] },
      'Expected a finite number (FP32) for inputs[0].data[1] but received 1e+300',
    ],
    [
      'UINT8',
      { inputs: [tensor([1, 256], { datatype: 'UINT8' })] },
      'Expected a whole number from 0 to 255 (UINT8) for inputs[0].data[1] but received 256',
    ],
    [
      'BOOL',
      { inputs: [tensor([1, true], { datatype: 'BOOL' })] },
      'Expected true or false for inputs[0].data[0] but received 1',
    ],
    ['sum', { inputs: [tensor([1, 2], { name: 'a' })] }, 'Expected a tensor for input b but received undefined'],
    [
      'sum',
      { inputs: [tensor([1, 2], { name: 'a' }), tensor([1, 2, 3, 4], { name: 'b', shape: [2, 2] })] },
      'Expected a batch of 1, as a has for input b but received 2',
    ],
  ])('%s refuses %j', async (engine, request, message) => {
    const error = await ask(engine, request).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestError);
    expect((error as RequestError).message).toBe(message);
  });

  it('counts before it allocates', async () => {
    const request = { inputs: [tensor([1], { shape: [MAX_ELEMENTS, 2] })] };
    await expect(ask('FP32', request)).rejects.toMatchObject({ code: 'request-too-large' });
  });

  it('refuses to answer what JSON cannot hold', async () => {
    const inputs = [tensor([3e38, 0], { name: 'a' }), tensor([3e38, 0], { name: 'b' })];
    await expect(ask('sum', { inputs })).rejects.toMatchObject({ code: 'model-output-invalid' });
  });

  it('throws nothing but RequestError, whatever is sent', async () => {
    const junk = fc.oneof(
      fc.jsonValue(),
      fc.record({
        inputs: fc.array(
          fc.record({
            name: fc.constant('x'),
            shape: fc.constantFrom([1, 2], [2, 2], [2], [1e9, 1e9]),
            datatype: fc.constantFrom('FP32', 'INT8', 'BYTES'),
            data: fc.jsonValue(),
          }),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(junk, async (request) => {
        const answer = await ask('FP32', request).catch((error: unknown) => error);
        if (!(answer instanceof RequestError)) expect(answer).toHaveProperty('outputs');
      }),
      { numRuns: 300 },
    );
  });
});
