/** What is read of `npm run bench -- serve`: its one line of JSON, or the file that it writes. */
interface Bench {
  readonly bench: 'serve';
  readonly figures?: {
    readonly freezeframe?: {
      readonly peakMb?: unknown;
      readonly cold?: { readonly readyMs?: unknown; readonly firstMs?: unknown };
      readonly warm?: Readonly<Record<string, { medianMs?: unknown; p95Ms?: unknown; p99Ms?: unknown } | undefined>>;
    };
  };
}

/** Of the benchmark's pictures the middle one. Its first answers are of the smallest. */
const PICTURE = '1280x960 JPEG';

/**
 * The figures of a benchmark as a file of measured ones holds them: those of the built http function, which the benchmark runs with the
 * memory of one vCPU. Whether they are numbers is looked at by whoever reads the file.
 * @returns undefined for what is no such benchmark
 */
export function fromBench(content: unknown): { of: string; figures: unknown[] } | undefined {
  const { bench, figures } = (content ?? {}) as Bench;
  if (bench !== 'serve') return undefined;
  const { cold, warm, peakMb } = figures?.freezeframe ?? {};
  const { readyMs, firstMs } = cold ?? {};
  const { medianMs, p95Ms, p99Ms } = warm?.[PICTURE] ?? {};
  const first = typeof firstMs === 'number' && typeof readyMs === 'number' ? firstMs - readyMs : undefined;
  const figure = {
    vcpus: 1,
    initMs: readyMs,
    coldFirstMs: first,
    warmMs: { p50: medianMs, p95: p95Ms, p99: p99Ms },
    ...(peakMb === undefined ? {} : { peakMb }),
  };
  return { of: `npm run bench -- serve, ${PICTURE}`, figures: [figure] };
}
