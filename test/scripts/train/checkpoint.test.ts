import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint, removeCheckpoint, writeCheckpoint } from '../../../scripts/train/checkpoint.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-checkpoint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const checkpoint = {
  state: { epoch: 3, note: 'Größe' },
  vectors: new Map([
    ['weights', Float32Array.of(1.5, -0, Number.NaN, 1e-40)],
    ['none', new Float32Array(0)],
  ]),
};

describe('a checkpoint', () => {
  it('gives back what was written, to the bit', async () => {
    const file = join(folder, 'deep', 'a.checkpoint');
    await writeCheckpoint(file, checkpoint);
    const read = await readCheckpoint(file);
    expect(read?.state).toEqual(checkpoint.state);
    expect([...(read?.vectors ?? [])]).toEqual([...checkpoint.vectors]);
    expect(new Uint32Array(read?.vectors.get('weights')?.buffer as ArrayBuffer)).toEqual(
      new Uint32Array(checkpoint.vectors.get('weights')?.buffer as ArrayBuffer),
    );
    expect(await readdir(join(folder, 'deep'))).toEqual(['a.checkpoint']);
    await removeCheckpoint(file);
    expect(await readCheckpoint(file)).toBeUndefined();
  });

  it('is refused when any byte of it has changed or is missing', async () => {
    const file = join(folder, 'b.checkpoint');
    await writeCheckpoint(file, checkpoint);
    const whole = await readFile(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] as number) ^ change;
        await writeFile(file, bytes);
        await expect(readCheckpoint(file)).rejects.toMatchObject({ code: 'checkpoint-damaged' });
        await writeFile(file, whole.subarray(0, at));
        await expect(readCheckpoint(file)).rejects.toMatchObject({ code: 'checkpoint-damaged' });
      }),
      { numRuns: 40 },
    );
  });
});
