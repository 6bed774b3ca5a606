import type { Metrics } from '@aws-lambda-powertools/metrics';
import { problemCode, toProblem } from '@freezeframe/inference';
import { lazily } from '../runtime/lazily.ts';

/** Everything that is counted, and in what. `Failures` has the problem's code as its dimension `type`. */
const UNITS = {
  ColdStart: 'Count',
  BatchSize: 'Count',
  DecodeMs: 'Milliseconds',
  RunMs: 'Milliseconds',
  Failures: 'Count',
  /** The layer answers in place of the store: at a start, because it could not be had. */
  ModelsFallback: 'Count',
  /** Tags of the store could not be looked at, or what they point at not be loaded. */
  ModelsStale: 'Count',
} as const;

type MetricName = keyof typeof UNITS;
/** Of few values each: every combination is a metric of its own, and is paid for. */
export type Dimensions = Readonly<Record<string, string>>;

interface Group {
  readonly dimensions: Dimensions;
  readonly values: [MetricName, number][];
}

/** What was measured since the last {@link publishMetrics}, by dimensions. An environment has one invocation at a time. */
const groups = new Map<string, Group>();

const powertools = lazily(async () => new (await import('@aws-lambda-powertools/metrics')).Metrics());

/** Only where the stack names a namespace: elsewhere nobody reads the lines. */
function isOn(): boolean {
  return Boolean(process.env.POWERTOOLS_METRICS_NAMESPACE);
}

/** Notes a value; nothing is written before {@link publishMetrics}. */
export function measure(name: MetricName, value: number, dimensions: Dimensions = {}): void {
  if (!isOn()) return;
  const id = JSON.stringify(dimensions);
  const group = groups.get(id) ?? { dimensions, values: [] };
  group.values.push([name, value]);
  groups.set(id, group);
}

/** Counts a failure under its problem's code (`picture-truncated`, `internal`). */
export function measureFailure(error: unknown): void {
  measure('Failures', 1, { type: problemCode(toProblem(error)) });
}

/** Writes what was noted as CloudWatch's embedded metric format: lines on stdout, no request. */
export async function publishMetrics(): Promise<void> {
  if (groups.size === 0) return;
  const noted = [...groups.values()];
  groups.clear();
  const metrics = await powertools();
  for (const { dimensions, values } of noted) {
    for (let at = 0; at < values.length; at += MOST)
      publish(metrics, { dimensions, values: values.slice(at, at + MOST) });
  }
}

/** At a metric's hundredth value Powertools writes a line by itself, and forgets the dimensions of the next. */
const MOST = 99;

function publish(metrics: Metrics, { dimensions, values }: Group): void {
  metrics.addDimensions({ ...dimensions });
  for (const [name, value] of values) metrics.addMetric(name, UNITS[name], value);
  metrics.publishStoredMetrics();
}
