import { describe, expect, it } from 'vitest';
import { inDatatypes } from '../../../../scripts/import/checks/in-datatypes.ts';

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
