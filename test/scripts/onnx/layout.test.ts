import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permute } from '../../../scripts/convert/emit.ts';
import { broadcastDims, fixed, imageShape, memoryAxis, memoryOrder, spatialOf } from '../../../scripts/onnx/layout.ts';
import { numbers, size } from '../convert/harness.ts';

const shape = [null, 6, 5, 3];

describe('memoryAxis', () => {
  it('finds an axis where it lies', () => {
    expect([0, 1, 2, 3, -1].map((axis) => memoryAxis({ shape, layout: 'channels-last' }, axis))).toEqual([
      0, 1, 2, 3, 3,
    ]);
    expect([0, 1, 2, 3, -1].map((axis) => memoryAxis({ shape, layout: 'channels-first' }, axis))).toEqual([
      0, 2, 3, 1, 1,
    ]);
    expect(memoryAxis({ shape: [null, 4], layout: 'channels-first' }, -1)).toBe(1);
  });
});

describe('memoryOrder', () => {
  it('puts one entry per axis where the axis lies', () => {
    expect(memoryOrder({ shape, layout: 'channels-first' }, ['n', 'h', 'w', 'c'])).toEqual(['n', 'c', 'h', 'w']);
  });
});

describe('broadcastDims', () => {
  it('is as short as broadcasting allows', () => {
    expect(broadcastDims({ shape, layout: 'channels-last' }, -1, 3)).toEqual([3]);
    expect(broadcastDims({ shape, layout: 'channels-first' }, -1, 3)).toEqual([3, 1, 1]);
    expect(broadcastDims({ shape, layout: 'channels-last' }, 1, 6)).toEqual([6, 1, 1]);
  });
});

describe('shapes', () => {
  it('are taken apart and put together in both data formats', () => {
    for (const format of ['channels_last', 'channels_first'] as const) {
      expect(spatialOf(imageShape(null, [6, 5], 3, format), format)).toEqual([6, 5]);
    }
  });

  it('say which axis must be fixed', () => {
    expect(() => fixed([null, null, 3], 1)).toThrow(expect.objectContaining({ code: 'bad-topology' }));
  });
});

describe('permute', () => {
  it('moves axes as NumPy transposes', () => {
    const tensor = { shape: [2, 3], data: new Float32Array([0, 1, 2, 3, 4, 5]) };
    expect(permute(tensor, [1, 0])).toEqual({ shape: [3, 2], data: new Float32Array([0, 3, 1, 4, 2, 5]) });
  });

  it('is undone by the inverse order', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat()), (dims, random) => {
        const tensor = { shape: dims, data: numbers(size(dims), 1) };
        const perm = dims.map((_, i) => ({ i, key: random.next().value as number }));
        const order = perm.sort((a, b) => a.key - b.key).map(({ i }) => i);
        const inverse = order.map((_, i) => order.indexOf(i));
        expect(permute(permute(tensor, order), inverse)).toEqual(tensor);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
