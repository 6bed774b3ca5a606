import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../../scripts/read/formats/index.ts';
import { fuzz, summary } from './fuzz/fuzz.ts';
import { fuzzRuns } from './fuzz/runs.ts';
import { seeds } from './fuzz/seeds.ts';
import { run } from './fuzz/subject.ts';

const RUNS = fuzzRuns(1_000, 20_000);
/** Another sequence of mutations: `FUZZ_SEED=7`. */
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** All readers, their caches and 26 files of 1 to 60 kB, beyond what the test runner takes. */
const MAX_PEAK_MB = 1200;

describe('the fuzz gate', () => {
  it('begins with real files of every format, each read by its own reader', async () => {
    for (const { name, kind, files, format } of seeds()) expect(await run(kind, files), name).toBe(format);
    const known = new Set(seeds().map(({ format }) => format));
    for (const { format } of FORMATS) expect(known, `no file of ${format}`).toContain(format);
  });

  it(
    'lets nothing but errors of our own out, in bounded time and memory, and nothing is written',
    async () => {
      const report = await fuzz({ runs: RUNS, seed: SEED });
      expect(report.escapes, summary(report)).toEqual([]);
      expect(report.hangs).toEqual([]);
      expect(report.writes).toEqual([]);
      expect(report.peakMegabytes).toBeLessThan(MAX_PEAK_MB);
      // Mutations that all fail at the door, or never fail, test nothing.
      expect(report.read).toBeGreaterThan(RUNS / 50);
      expect(report.refused).toBeGreaterThan(RUNS / 4);
    },
    120_000 + RUNS * 50,
  );

  it('goes red for a reader that throws a TypeError, hangs, writes or hoards', async () => {
    const subject = new URL('./fuzz/faulty-subject.ts', import.meta.url);
    const report = await fuzz({ runs: 9, seed: 1, subject, hangSeconds: 4 });
    expect(report.escapes).toMatchObject([{ run: 3, error: expect.stringContaining('TypeError') }]);
    expect(report.hangs).toEqual([5]);
    expect(report.writes).toEqual(['writeFileSync']);
    expect(report.peakMegabytes).toBeGreaterThan(150);
    expect(summary(report)).toMatch(/^runs 9, escapes 1, hangs 1, peak \d+ MB, written 1/);
    expect(existsSync(join(tmpdir(), 'freezeframe-fuzz-never-written'))).toBe(false);
  });
});
