import { median } from '#system';
import { round } from '../bench.ts';
import { FLOOR } from '../subjects/index.ts';
import { dollarsPerMillion } from './cost.ts';
import type { Cold, Warm } from './measure.ts';

/** Milliseconds since a spawn, as medians, and how many times what the floor takes. */
export interface ColdFigures {
  readonly readyMs: number;
  readonly firstMs: number;
  /** Processor time of all its threads until it is ready. */
  readonly readyCpuMs?: number;
  readonly readyCpuRatio?: number;
  readonly readyRatio?: number;
  readonly firstRatio?: number;
}

/** One picture, asked about again and again. */
export interface WarmFigures {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Half of what lies between the quartiles of the rounds' medians, as a share of the median. */
  readonly spread: number;
  readonly answers: number;
  readonly cpuMs?: number;
  readonly dollarsPerMillion: number;
  /** Medians of the rounds' own ratios: a slow moment of the machine hits both sides of one. */
  readonly ratio?: number;
  readonly cpuRatio?: number;
  /** Whether it gives the floor's label. */
  readonly sameLabel?: boolean;
}

export function coldFigures(all: ReadonlyMap<string, Cold>, name: string): ColdFigures {
  const [own, floor] = [all.get(name) as Cold, all.get(FLOOR)];
  return {
    readyMs: round(median(own.ready), 0),
    firstMs: round(median(own.first), 0),
    ...(own.cpu.length > 0 && { readyCpuMs: round(median(own.cpu), 0) }),
    ...(floor && own.cpu.length > 0 && { readyCpuRatio: ratioOf(own.cpu, floor.cpu) }),
    ...(floor && { readyRatio: ratioOf(own.ready, floor.ready), firstRatio: ratioOf(own.first, floor.first) }),
  };
}

export function warmFigures(all: ReadonlyMap<string, Warm>, name: string): WarmFigures {
  const [own, floor] = [all.get(name) as Warm, all.get(FLOOR)];
  const sorted = own.wall.flat().sort((a, b) => a - b);
  const rounds = own.wall.map(median);
  const inOrder = rounds.toSorted((a, b) => a - b);
  const middle = median(sorted);
  const cpuMs = own.cpu.length > 0 ? median(own.cpu) : undefined;
  return {
    medianMs: round(middle, 2),
    p95Ms: round(quantile(sorted, 0.95), 2),
    p99Ms: round(quantile(sorted, 0.99), 2),
    spread: round((quantile(inOrder, 0.75) - quantile(inOrder, 0.25)) / 2 / middle, 3),
    answers: sorted.length,
    ...(cpuMs === undefined ? {} : { cpuMs: round(cpuMs, 2) }),
    // One vCPU does no more than its own time, whatever this machine's other cores took over.
    dollarsPerMillion: round(dollarsPerMillion(Math.max(middle, cpuMs ?? 0)), 2),
    ...(floor && {
      ratio: ratioOf(rounds, floor.wall.map(median)),
      ...(cpuMs === undefined ? {} : { cpuRatio: ratioOf(own.cpu, floor.cpu) }),
      sameLabel: own.label === floor.label,
    }),
  };
}

/** The median of what each round gives. */
function ratioOf(own: readonly number[], base: readonly number[]): number {
  return round(median(own.map((value, i) => value / (base[i] as number))), 3);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
