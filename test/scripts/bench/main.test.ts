import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { medians } from '../../../scripts/bench/bench.ts';
import { BENCHES, main } from '../../../scripts/bench/main.ts';

describe('npm run bench', () => {
  it('lists what there is when asked for something else', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await main(['nothing'])).toBe(2);
    expect(await main(['toString'])).toBe(2);
    expect(said.mock.calls.join('')).toContain('serve');
    said.mockRestore();
  });

  it.each(Object.keys(BENCHES))('%s is in a file of its own, under its own name', async (name) => {
    expect(readdirSync(join(import.meta.dirname, '../../../scripts/bench'))).toContain(`${name}.ts`);
    expect(await BENCHES[name]?.()).toMatchObject({ name, summary: expect.any(String) });
  });
});

describe('medians', () => {
  it('runs all in turn and answers the middle time', async () => {
    const order: string[] = [];
    const wait = (name: string, ms: number) => () => {
      order.push(name);
      return new Promise((done) => setTimeout(done, ms));
    };
    const { slow, quick } = await medians({ slow: wait('slow', 30), quick: wait('quick', 1) }, 3);
    expect(slow).toBeGreaterThan(quick);
    expect(order.slice(0, 4)).toEqual(['slow', 'quick', 'slow', 'quick']);
    expect(order).toHaveLength(12); // three rounds of warming up, three that count
  });
});
