import { describe, expect, it } from 'vitest';
import { samplesThatRun } from '../../../../scripts/import/checks/free-side.ts';
import { GraphBuilder } from '../../../../scripts/onnx/index.ts';

/** Steps that are added to themselves made smaller by `stride` and larger again: they fit for its multiples alone. */
function joined(stride: number): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [null, 1, null]);
  const small = graph.op('MaxPool', [x], { kernel_shape: [stride], strides: [stride] });
  const wide = graph.op('Reshape', [small, graph.ints([0, 0, -1, 1])]);
  const repeated = graph.op(
    'Concat',
    Array.from({ length: stride }, () => wide),
    { axis: 3 },
  );
  const large = graph.op('Reshape', [repeated, graph.ints([0, 1, -1])]);
  graph.node('Add', [x, large], ['y']);
  graph.output('y', 'float32', [null, 1, null]);
  return graph.build();
}

const make = (size = 64) => ({
  x: { datatype: 'FP32' as const, shape: [2, 1, size], data: new Float32Array(2 * size) },
});
const shapes = [[null, 1, null]];

describe('samples of free sizes', () => {
  it.each([
    [4, 64],
    [3, 96],
    [6, 96],
    [5, 60],
    [7, 112],
    [9, 72],
  ])('fit a stride of %i: %i', async (stride, size) => {
    expect((await samplesThatRun(joined(stride), shapes, make)).x?.shape).toEqual([2, 1, size]);
  });

  it('are of the usual size where nothing is free, and the graph is not run', async () => {
    expect((await samplesThatRun(new Uint8Array(), [[null, 1, 64]], make)).x?.shape).toEqual([2, 1, 64]);
  });

  it('are refused where no size fits', async () => {
    await expect(samplesThatRun(joined(11), shapes, make)).rejects.toMatchObject({
      name: 'ImportError',
      code: 'option-mismatch',
      message: expect.stringContaining('[1,?]'),
    });
  });
});
