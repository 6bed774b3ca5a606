import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Features, openFeatures } from '../../../../scripts/transfer/features/features.ts';

const [COUNT, WIDTH] = [9_000, 3];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'features-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function all(features: Features): Promise<number[]> {
  const values: number[] = [];
  let next = 0;
  for await (const { first, count, rows } of features.windows()) {
    expect([first, rows.length]).toEqual([next, count * WIDTH]);
    next += count;
    values.push(...rows);
  }
  expect(next).toBe(features.count);
  return values;
}

describe.each([
  ['in memory', undefined],
  ['in a file', 0],
] as const)('features %s', (_, most) => {
  async function filled() {
    const table = await openFeatures(folder, COUNT, WIDTH, most);
    // From the last to the first: they come in any order.
    for (let row = COUNT - 1; row >= 0; row--) table.set(row, Float32Array.from([row, row + 0.5, -row]));
    return table;
  }

  it('come in windows, in order', async () => {
    const features = await filled();
    const values = await all(features);
    expect([values.length, values[4_096 * 3], values.at(-1)]).toEqual([COUNT * 3, 4_096, -8_999]);
    expect(await all(features)).toEqual(values);
    await features.close();
  });

  it('give copies of some, in the order asked', async () => {
    const features = await filled();
    expect([...(await features.rows([7, 8, 3]))]).toEqual([7, 7.5, -7, 8, 8.5, -8, 3, 3.5, -3]);
    await features.close();
  });

  it('are chosen from', async () => {
    const features = await filled();
    const odd = features.select(Int32Array.from({ length: COUNT / 2 }, (_, i) => 2 * i + 1));
    expect((await all(odd)).slice(-3)).toEqual([8_999, 8_999.5, -8_999]);
    const few = odd.select(Int32Array.from([0, 1]));
    expect(await all(few)).toEqual([1, 1.5, -1, 3, 3.5, -3]);
    expect([...(await few.rows([1]))]).toEqual([3, 3.5, -3]);
    await features.close();
  });

  it('leave no file behind', async () => {
    const features = await filled();
    expect(await readdir(folder)).toEqual([]);
    await features.close();
  });
});
