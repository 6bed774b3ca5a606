import { describe, expect, it } from 'vitest';
import { compareWithReference, numbers, sequentialModel, withSeededWeights } from '../../harness.ts';

describe('pool', () => {
  it.each(['valid', 'same'])('sees the zeros around values that are all negative (%s)', async (padding) => {
    // onnxruntime 1.30 would fuse the padding into the pool, where it counts as minus infinity.
    const config = sequentialModel(
      [7, 8, 2],
      [
        ['ZeroPadding2D', { padding: 1 }],
        ['MaxPooling2D', { pool_size: 3, strides: 2, padding }],
      ],
    );
    const data = numbers(2 * 7 * 8 * 2, 5).map((value) => value - 2);
    const { difference, wanted } = await compareWithReference(withSeededWeights(config, 1), [
      { shape: [2, 7, 8, 2], data },
    ]);
    expect(Math.max(...(wanted[0] as { data: Float32Array }).data)).toBe(0);
    expect(difference).toBe(0);
  });
});
