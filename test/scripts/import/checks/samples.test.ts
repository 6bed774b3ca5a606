import { describe, expect, it } from 'vitest';
import { inDatatypes, makeSamples } from '../../../../scripts/import/checks/samples.ts';

const sampleOf = (shape: (number | null)[]) => {
  const facts = { inputs: [{ name: 'x', shape, integers: false }], outputs: [], activation: 'none' } as const;
  return makeSamples(facts as never, { kind: 'tensors' }, 3, 1, new Map()).x;
};

describe('made-up inputs', () => {
  it('give free axes a size, and are the same each time', () => {
    expect(sampleOf([null, null, null, 3])?.shape).toEqual([3, 64, 64, 3]);
    expect(sampleOf([null, null, 5])?.shape).toEqual([3, 12, 5]);
    expect(sampleOf([null, 4])).toEqual(sampleOf([null, 4]));
  });

  it.each([[Array(6).fill(null)], [Array(24).fill(null)], [[null, null, null, 65536]]])(
    'stay small with %s',
    (shape) => {
      const sample = sampleOf(shape);
      expect(sample?.data.length).toBeLessThanOrEqual(3 * 2 ** 22);
      expect(sample?.shape).toHaveLength(shape.length);
    },
  );
});

describe('inDatatypes', () => {
  it('gives each input the numbers in its own datatype', () => {
    const data = Int32Array.of(3, 0, 5);
    const samples = {
      a: { datatype: 'INT32', shape: [3, 1], data },
      b: { datatype: 'INT32', shape: [3], data },
    } as const;
    const taken = inDatatypes(samples, [
      { name: 'b', datatype: 'FP32' },
      { name: 'a', datatype: 'INT64' },
    ]);
    expect(Object.keys(taken)).toEqual(['b', 'a']);
    expect(taken.a).toEqual({ datatype: 'INT64', shape: [3, 1], data: BigInt64Array.of(3n, 0n, 5n) });
    expect(taken.b).toEqual({ datatype: 'FP32', shape: [3], data: Float32Array.of(3, 0, 5) });
  });
});
