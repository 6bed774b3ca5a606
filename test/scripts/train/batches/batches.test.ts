import { describe, expect, it } from 'vitest';
import { augmentBatch } from '../../../../scripts/train/batches/augment.ts';
import {
  augmentedBatches,
  type BatchSource,
  epochOrder,
  inOrder,
  type Samples,
  shuffledBatches,
} from '../../../../scripts/train/batches/batches.ts';

const size = { height: 4, width: 4, channels: 3 };
const samples: Samples = {
  count: 10,
  x: Uint8Array.from({ length: 480 }, (_, i) => (i * 31) % 256),
  y: Int32Array.from({ length: 10 }, (_, i) => i),
};
const options = { batchSize: 4, seed: 3 };

async function all(source: BatchSource, epoch: number): Promise<Samples[]> {
  const batches: Samples[] = [];
  for await (const batch of source.epoch(epoch)) batches.push(batch);
  return batches;
}

describe('shuffledBatches', () => {
  it('gives every sample once, with its answer, the last batch smaller', async () => {
    const batches = await all(shuffledBatches(samples, options), 1);
    expect(batches.map(({ count }) => count)).toEqual([4, 4, 2]);
    const classes = batches.flatMap(({ y }) => [...y]);
    expect(classes.toSorted((a, b) => a - b)).toEqual([...samples.y]);
    const [first] = batches as [Samples];
    const from = (first.y[0] as number) * 48;
    expect(first.x.slice(0, 48)).toEqual(samples.x.slice(from, from + 48));
  });

  it('gives no batch of no samples', async () => {
    const none = { count: 0, x: new Uint8Array(0), y: new Int32Array(0) };
    expect(await all(shuffledBatches(none, options), 1)).toEqual([]);
  });

  it('has another order in each epoch, the same one each time', async () => {
    const source = shuffledBatches(samples, options);
    expect(await all(source, 2)).toEqual(await all(source, 2));
    expect(await all(source, 2)).not.toEqual(await all(source, 1));
  });
});

describe('augmentedBatches', () => {
  it('prepares in another thread what would be made here', async () => {
    const augment = { flip: true, shift: 0.2, rotate: 20, brightness: 0.2 };
    const source = augmentedBatches(samples, size, augment, options);
    try {
      const batches = await all(source, 5);
      const order = epochOrder(10, 3, 5);
      for (const [i, batch] of batches.entries()) {
        const chosen = order.slice(4 * i, 4 * i + 4);
        expect(batch.y).toEqual(Int32Array.from(chosen));
        expect(batch.x).toEqual(augmentBatch(samples.x as Uint8Array, chosen, size, augment, 3, 5));
        expect(batch.x).not.toEqual(samples.x.subarray(0, batch.x.length));
      }
      expect(await all(source, 5)).toEqual(batches);
    } finally {
      await source.close();
    }
  });

  it('says so when the thread is gone', async () => {
    const source = augmentedBatches(samples, size, { flip: true }, options);
    await source.close();
    await expect(all(source, 1)).rejects.toThrow(/ended with code/);
  });
});

describe('inOrder', () => {
  it('cuts without a copy', () => {
    const parts = [...inOrder(samples, 3)];
    expect(parts.map(({ count }) => count)).toEqual([3, 3, 3, 1]);
    expect(parts[1]?.x.buffer).toBe(samples.x.buffer);
    expect([...(parts[3] as Samples).y]).toEqual([9]);
  });
});
