import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { heapProblem } from '../../../../../scripts/read/containers/hdf5/check-heaps.ts';
import { openHdf5 } from '../../../../../scripts/read/containers/hdf5/open-hdf5.ts';

const file = new Uint8Array(
  readFileSync(join(import.meta.dirname, '../../../../fixtures/keras/sequential-bare-list.k2.h5')),
);
const heap = Buffer.from(file).indexOf('GCOL');

/** The file with the size of the heap's first object, and its number, written over. */
function withObject(index: number, size: bigint): Uint8Array {
  const changed = Buffer.from(file);
  changed.writeUInt16LE(index, heap + 16);
  changed.writeBigUInt64LE(size, heap + 24);
  return new Uint8Array(changed);
}

describe('global heaps', () => {
  it('of whole files are in order', () => {
    expect(heap).toBeGreaterThan(0);
    expect(heapProblem(file)).toBeUndefined();
  });

  it.each([
    [0, 0n],
    [1, 2n ** 64n - 16n],
    [1, 2n ** 63n],
  ])('that have no end (object %i of size %d) are refused instead of read for ever', async (index, size) => {
    const endless = withObject(index, size);
    expect(heapProblem(endless)).toContain(`${heap}`);
    await expect(openHdf5(endless, 'endless.h5')).rejects.toMatchObject({ name: 'ImportError', code: 'file-damaged' });
  });

  it('are not seen in weights that spell their name', () => {
    const weights = Buffer.alloc(64);
    weights.write('GCOL', 8);
    expect(heapProblem(new Uint8Array(weights))).toBeUndefined();
    expect(heapProblem(new Uint8Array(Buffer.from('GCOL\x01', 'latin1')))).toBeUndefined();
  });
});
