import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, SizePlan } from '../../../scripts/plan/index.ts';
import { run } from './run.ts';

const FIGURES = {
  format: 'freezeframe-measured-1',
  of: 'gnomes@3, by hand',
  figures: [
    { vcpus: 1, initMs: [800, 900, 1000], coldFirstMs: 100, warmMs: { p5: 95, p50: 100, p95: 120 }, peakMb: 190 },
    { vcpus: 2, initMs: [700, 800, 900], coldFirstMs: 80, warmMs: { p5: 60, p50: 64, p95: 80 } },
  ],
};

describe('freezeframe plan', () => {
  let folder: string;
  let figures: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-plan-'));
    figures = join(folder, 'figures.json');
    await writeFile(figures, JSON.stringify(FIGURES));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const planned = async (...words: string[]): Promise<Plan> => {
    const { stdout, code } = await run(['plan', '--measured', figures, '--json', ...words]);
    expect(code, stdout).toBe(0);
    return JSON.parse(stdout);
  };
  const size = ({ sizes }: Plan, memoryMb: number) => sizes.find((one) => one.memoryMb === memoryMb) as SizePlan;

  it('has the figures that follow from five requests a second', async () => {
    const words = ['--rate', '5', '--hours', '3'];
    const plan = await planned(...words);
    expect(plan.sizes.map(({ memoryMb }) => memoryMb)).toEqual([512, 1024, 1769, 2654, 3538, 5307, 10240]);
    const one = size(plan, 1769);
    expect(one).toMatchObject({ vcpus: 1, warmMs: 100, coldMs: 1000, refused: 0, problems: [], extrapolated: false });
    // Little: five a second of a tenth of a second each.
    expect(one.concurrency.mean).toBeCloseTo(0.51, 1);
    expect(one.latencyMs.p95).toBeCloseTo(120, 0);
    // The mean of these quantiles is 103 ms, and each begun millisecond is billed.
    expect(one.costPerMillion).toBeCloseTo(0.2 + 1e6 * 0.1035 * (1769 / 1024) * 0.0000166667, 1);
    expect((one.costPerMonth as number) / one.costPerMillion).toBeCloseTo(
      ((size(plan, 1769).answered / 3) * 730) / 1e6,
      6,
    );
    expect(one.costPerMonth as number).toBeGreaterThan(one.costPerMonthFree as number);
    expect(size(plan, 512).latencyMs.p50).toBeCloseTo((100 * 1769) / 512, -1);
    expect(plan.sizes.filter(({ extrapolated }) => extrapolated).map(({ memoryMb }) => memoryMb)).toEqual([
      5307, 10240,
    ]);
    expect(plan.recommended.memoryMb).toBe(3538);
    expect(await planned(...words)).toEqual(plan);
    expect(await planned(...words, '--seed', '1')).not.toEqual(plan);
  });

  it('recommends the cheapest size that meets a goal, and says so where none does', async () => {
    const words = ['--rate', '1', '--hours', '2'];
    expect((await planned(...words, '--p95', '150')).recommended.memoryMb).toBe(1769);
    expect((await planned(...words, '--p95', '60')).recommended.memoryMb).toBe(10240);
    const { recommended } = await planned(...words, '--p95', '10');
    expect(recommended).toEqual({
      why: expect.stringMatching(/^No size answers 95 % within 10 ms: the fastest, 10240 MB/),
    });
  });

  it('names what a size cannot do', async () => {
    const few = await planned('--rate', '50', '--hours', '1', '--memory', '128,512,1769', '--concurrency', '10');
    expect(size(few, 128).problems).toEqual([
      'needs 190 MB',
      'INIT is over 10 s',
      expect.stringMatching(/ % refused$/),
    ]);
    expect(size(few, 512).problems).toEqual([expect.stringMatching(/^4\d % refused$/)]);
    // Erlang's B formula for 5.15 Erlang and ten environments: 2.4 %.
    expect(size(few, 1769).problems).toEqual([expect.stringMatching(/^2\.\d % refused$/)]);
    const queued = await planned('--rate', '50', '--hours', '1', '--memory', '1769', '--concurrency', '6', '--queue');
    expect(size(queued, 1769)).toMatchObject({ refused: 0, concurrency: { peak: 6 } });
    expect(size(queued, 1769).latencyMs.p95).toBeGreaterThan(size(few, 1769).latencyMs.p95);
  });

  it('says it in words, with what it rests on', async () => {
    const { stdout, stderr } = await run([
      'plan',
      '--rate',
      '0.5',
      '--measured',
      figures,
      '--arch',
      'arm64',
      '--slowdown',
      '1.5',
    ]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^4\d,\d{3} requests in a day: at random, the same rate all the time, 0.5 a second in the mean\.$/m,
    );
    expect(stdout).toContain('Measured: gnomes@3, by hand');
    expect(stdout).toMatch(/^1769 MB +1\.00 +150 ms +1500 ms /m);
    expect(stdout).toMatch(/^Take \d+ MB \(--param="memory=\d+"\)\. /m);
    expect(stdout).toContain('A vCPU of Lambda takes 1.5 times as long');
    expect(stdout).toMatch(/Prices are those of us-east-1 on \d{4}-\d\d-\d\d/);
    for (const line of stdout.split('\n').filter((one) => one.startsWith('- '))) expect(line).toMatch(/ \[.+\]$/);
  });

  it('takes a log, of which a short one says nothing about a month', async () => {
    const log = join(folder, 'log.csv');
    await writeFile(log, `time\n${Array.from({ length: 60 }, (_, i) => i).join('\n')}\n`);
    const plan = await planned('--arrivals', log);
    expect(plan.arrivals).toEqual({ says: 'as in log.csv', hours: 1 / 60, requests: 60, perSecond: 1 });
    expect(plan.sizes.map(({ costPerMonth }) => costPerMonth)).toEqual(plan.sizes.map(() => null));
    expect((await run(['plan', '--arrivals', log, '--measured', figures])).stdout).toMatch(/^1769 MB .* -$/m);
  });

  it('warns of unsteady figures', async () => {
    const unsteady = join(folder, 'unsteady.json');
    const warmMs = { p50: 100, p95: 450 };
    await writeFile(unsteady, JSON.stringify({ ...FIGURES, figures: [{ ...FIGURES.figures[0], warmMs }] }));
    const { stdout } = await run(['plan', '--rate', '1', '--hours', '1', '--measured', unsteady]);
    expect(stdout).toContain(
      'The measured times are unsteady: 5 of 100 warm answers took 4.5 times the median or longer.',
    );
  });

  it.each([
    [['plan'], 'Expected either --rate or --arrivals'],
    [['plan', '--rate', '0'], 'Expected a number above 0'],
    [['plan', '--rate', '1', '--memory', '64'], 'Expected 128 to 10240 MB for --memory but received 64'],
    [['plan', '--rate', '1', '--arrivals', 'log.csv'], 'leave out --rate, --pattern and --hours'],
    [['plan', '--rate', '1', '--measured', 'x.json', '--model', 'a'], 'leave out --picture, --model'],
    [['plan', '--rate', '1', '--pattern', 'dayly'], 'Did you mean daily?'],
  ])('%j is refused', async (words, message) => {
    const { code, stderr, stdout } = await run(words);
    expect([code, stdout]).toEqual([expect.any(Number), '']);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });

  it('refuses a file that holds no figures', async () => {
    const { stdout, code } = await run(['plan', '--rate', '1', '--measured', join(folder, 'none.json'), '--json']);
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'figures-invalid']);
    await writeFile(join(folder, 'text.json'), 'figures');
    const text = await run(['plan', '--rate', '1', '--measured', join(folder, 'text.json'), '--json']);
    expect(JSON.parse(text.stdout).error.code).toBe('figures-invalid');
    expect(await readFile(figures, 'utf8')).toBe(JSON.stringify(FIGURES));
  });
});
