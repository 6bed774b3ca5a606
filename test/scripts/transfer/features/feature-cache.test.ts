import { appendFile, mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureCache } from '../../../../scripts/transfer/features/feature-cache.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feature-cache-'));
});
afterEach(() => rm(folder, { recursive: true }));

const digest = (byte: number) => Buffer.alloc(32, byte).toString('hex');
const row = (value: number) => ({
  hash: new Uint8Array(8).fill(value),
  features: Float32Array.from([value, value + 0.5]),
});

async function read(wanted: number[]) {
  const found = new Map<string, number[]>();
  await new FeatureCache(folder, 2).read(new Set(wanted.map(digest)), (name, { features }) =>
    found.set(name, [...features]),
  );
  return found;
}

async function write(...values: number[]) {
  const cache = new FeatureCache(folder, 2);
  for (const value of values) await cache.append(digest(value), row(value));
  await cache.close();
}

describe('FeatureCache', () => {
  it('gives back what any process has put in, and only what is asked for', async () => {
    await write(1, 2);
    await write(3);
    expect(await read([2, 3, 9])).toEqual(
      new Map([
        [digest(2), [2, 2.5]],
        [digest(3), [3, 3.5]],
      ]),
    );
  });

  it('reads all whole rows of a file that was cut', async () => {
    await write(1, 2);
    const [name = ''] = await readdir(folder);
    await truncate(join(folder, name), 48 + 20);
    expect([...(await read([1, 2])).keys()]).toEqual([digest(1)]);
    await write(2);
    expect((await read([1, 2])).size).toBe(2);
  });

  it('does not answer numbers that are none', async () => {
    await write(1);
    const [name = ''] = await readdir(folder);
    const broken = Float32Array.from([Number.NaN, 1]);
    await appendFile(
      join(folder, name),
      Buffer.concat([Buffer.alloc(32, 7), Buffer.alloc(8), Buffer.from(broken.buffer)]),
    );
    expect([...(await read([1, 7])).keys()]).toEqual([digest(1)]);
  });

  it('is empty where nothing has been kept', async () => {
    expect((await read([1])).size).toBe(0);
  });
});
