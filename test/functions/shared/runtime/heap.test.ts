import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { litterCollector } from '../../../../functions/shared/runtime/heap.ts';

const HEAP = fileURLToPath(new URL('../../../../functions/shared/runtime/heap.ts', import.meta.url));

/** With the sizes that Lambda gives it. Flags are the process's, so it is one of its own. @returns what it printed. */
async function inProcess(script: string): Promise<string> {
  const flags = ['--max-semi-space-size=88', '--max-old-space-size=1593', '--import', 'tsx', '--input-type=module'];
  return (await promisify(execFile)(process.execPath, [...flags, '--eval', script])).stdout;
}

/** @returns how often everything was marked for 1.6 GB of garbage. */
async function collections(prepare: string): Promise<number> {
  const script = `
    import { constants, PerformanceObserver } from 'node:perf_hooks';
    const { letHeapGrow } = await import(${JSON.stringify(HEAP)});
    ${prepare}
    let count = 0;
    const { NODE_PERFORMANCE_GC_MAJOR } = constants;
    new PerformanceObserver((list) => {
      count += list.getEntries().filter(({ detail }) => detail.kind === NODE_PERFORMANCE_GC_MAJOR).length;
    }).observe({ entryTypes: ['gc'] });
    const lives = Array.from({ length: 100_000 }, (_, at) => [at]);
    for (let at = 0; at < 200; at++) {
      globalThis.last = new Array(1_000_000).fill(at);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(count, lives.length);
  `;
  const stdout = await inProcess(script);
  return Number(stdout.split(' ')[0]);
}

/** @returns the most that lay in the heap, MB, while forty events of 4 MB were read and let go. */
async function mostHeld(afterEach: string): Promise<number> {
  const stdout = await inProcess(`
    import { getHeapStatistics } from 'node:v8';
    const { letHeapGrow, litterCollector } = await import(${JSON.stringify(HEAP)});
    letHeapGrow();
    const afterEach = ${afterEach};
    let most = 0;
    for (let at = 0; at < 40; at++) {
      const event = JSON.parse(JSON.stringify({ body: 'a'.repeat(4_000_000) + at }));
      if (event.body.length < 4_000_000) throw new Error('no event');
      delete event.body;
      afterEach();
      await new Promise((resolve) => setTimeout(resolve, 3));
      most = Math.max(most, getHeapStatistics().used_heap_size);
    }
    console.log(most / 2 ** 20);
  `);
  return Number(stdout);
}

describe('litterCollector', () => {
  it('keeps the heap small, on this version of V8 too', async () => {
    const [left, collected] = await Promise.all([mostHeld('() => {}'), mostHeld('litterCollector()')]);
    expect(collected).toBeLessThan(left / 2);
  }, 60_000);

  it('collects what grew old while it was in use, on this version of V8 too', async () => {
    const stdout = await inProcess(`
      import { getHeapSpaceStatistics } from 'node:v8';
      const { litterCollector } = await import(${JSON.stringify(HEAP)});
      const old = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'large_object_space').space_used_size;
      const read = () => ({ body: JSON.parse(JSON.stringify('a'.repeat(30_000_000))) });
      let event = read();
      while (old() < 30_000_000) globalThis.litter = new Array(100_000).fill(0.5);
      const before = old();
      event = undefined;
      litterCollector()();
      await new Promise((resolve) => setTimeout(resolve, 100));
      console.log(before, old());
    `);
    const [before = 0, after] = stdout.split(' ').map(Number);
    expect(before).toBeGreaterThan(30_000_000);
    expect(after).toBeLessThan(5_000_000);
  }, 60_000);

  it('waits until an answer is sent, and until there is much', () => {
    vi.useFakeTimers();
    let held = 100_000_000;
    const collect = vi.fn(() => {
      held = 20_000_000;
    });
    const answered = litterCollector(() => held, collect);
    answered();
    expect(collect).not.toHaveBeenCalled();
    vi.runAllTimers();
    expect(collect).toHaveBeenCalledTimes(1); // what the start left

    const leaving = (bytes: number) => {
      held = bytes;
      answered();
      vi.runAllTimers();
      return collect.mock.calls.length;
    };
    expect(leaving(21_000_000)).toBe(1);
    expect(leaving(30_000_000)).toBe(2);
    expect(leaving(5_000_000)).toBe(2); // V8 has collected by itself
    expect(leaving(10_000_000)).toBe(3);
    expect(collect.mock.calls).toEqual([['major'], ['minor'], ['minor']]);
    vi.useRealTimers();
  });

  it('collects everything where much has grown old', () => {
    vi.useFakeTimers();
    let held = 20_000_000;
    let old = 0;
    const collect = vi.fn((kind: 'minor' | 'major') => {
      if (kind === 'major') old = 0;
      held = 20_000_000 + old;
    });
    const answered = litterCollector(() => held, collect);
    for (let at = 0; at < 5; at++) {
      old += 4_000_000;
      held += 15_000_000;
      answered();
      vi.runAllTimers();
    }
    expect(collect.mock.calls.flat()).toEqual(['major', 'minor', 'minor', 'major', 'minor']);
    vi.useRealTimers();
  });

  it('collects everything now and then, where little grows old at a time', () => {
    vi.useFakeTimers();
    let held = 20_000_000;
    const collect = vi.fn((_: 'minor' | 'major') => {
      held = 20_000_000;
    });
    const answered = litterCollector(() => held, collect);
    for (let at = 0; at < 400; at++) {
      held += 15_000_000;
      answered();
      vi.runAllTimers();
    }
    expect(collect.mock.calls.flat().filter((kind) => kind === 'major')).toHaveLength(3);
    vi.useRealTimers();
  });

  it('collects once for answers that are sent side by side', () => {
    vi.useFakeTimers();
    const collect = vi.fn();
    const answered = litterCollector(() => 50_000_000, collect);
    for (let at = 0; at < 16; at++) answered();
    vi.runAllTimers();
    expect(collect).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });
});

describe('letHeapGrow', () => {
  it('makes the collector run less than two thirds as often, on this version of V8 too', async () => {
    const [before, after] = await Promise.all([collections(''), collections('letHeapGrow();')]);
    expect(after).toBeLessThan((before * 2) / 3);
  }, 180_000);
});
