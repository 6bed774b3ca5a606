import { drawArrivals, LAMBDA_RULES, makePlan, type Plan, parseFigures } from '../../../scripts/plan/index.ts';
import { stream } from '../../../scripts/system/index.ts';

/** A plan of a day with bursts, some of which are refused. @param of what was measured */
export function samplePlan(of: string): Plan {
  const figures = [
    { vcpus: 1, initMs: 900, coldFirstMs: 100, warmMs: { p50: 100, p95: 250 }, peakMb: 190 },
    { vcpus: 2, initMs: 800, coldFirstMs: 80, warmMs: { p50: 64, p95: 80 } },
  ];
  return makePlan({
    ...parseFigures({ format: 'freezeframe-measured-1', of, figures }, ''),
    arrivals: drawArrivals('burst', 2, 24, stream(0, 'arrivals')),
    memories: [128, 512, 1769, 3538, 10240],
    processor: 'arm64',
    rules: { ...LAMBDA_RULES, concurrency: 60 },
    slowdown: 1,
    seed: 0,
  });
}
