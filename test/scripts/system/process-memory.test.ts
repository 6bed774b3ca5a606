import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryOf } from '../../../scripts/system/index.ts';

describe.skipIf(!existsSync('/proc/self/status'))('the memory of a process', () => {
  it('is what Node says of its own', async () => {
    const memory = await memoryOf(process.pid);
    const own = process.memoryUsage().rss / 2 ** 20;
    expect(memory?.now).toBeGreaterThan(own / 2);
    expect(memory?.now).toBeLessThan(own * 2);
    expect(memory?.peak).toBeGreaterThanOrEqual(memory?.now as number);
  });

  it('is not known of one that is gone', async () => {
    expect(await memoryOf(2 ** 30)).toBeUndefined();
    expect(await memoryOf(undefined)).toBeUndefined();
  });
});
