import { expected, FreezeframeError } from '@freezeframe/inference';

/** Milliseconds that belong to a share of the answers: 0.5 is the median. */
export type Distribution = (share: number) => number;

/** As a file gives them: one figure, samples, or some quantiles: `{"p50": 41, "p95": 48}`. */
export type Times = number | readonly number[] | Readonly<Record<string, number>>;

/** @throws FreezeframeError `figures-invalid` for what gives no times. */
export function distribution(times: unknown, where: string): Distribution {
  if (Array.isArray(times)) return ofSamples(times, where);
  if (typeof times === 'object' && times !== null) return ofQuantiles(times as Record<string, unknown>, where);
  const figure = milliseconds(times, where, 'milliseconds, samples, or quantiles such as {"p50": 41, "p95": 48}');
  return () => figure;
}

/** Values at equal distances, the least first. */
function ofSamples(samples: readonly unknown[], where: string): Distribution {
  if (samples.length === 0) throw invalid(expected('at least one sample', where, samples));
  const sorted = Float64Array.from(samples, (one, i) => milliseconds(one, `${where}[${i}]`)).sort();
  return along(Array.from(sorted, (value, i) => [sorted.length === 1 ? 0.5 : i / (sorted.length - 1), value] as const));
}

function ofQuantiles(quantiles: Record<string, unknown>, where: string): Distribution {
  const points = Object.entries(quantiles).map(([name, value]) => {
    const share = Number(/^p(\d+(?:\.\d+)?)$/.exec(name)?.[1]) / 100;
    if (!(share >= 0 && share <= 1)) throw invalid(expected('quantiles named p0 to p100', where, name));
    return [share, milliseconds(value, `${where}.${name}`)] as const;
  });
  if (points.length === 0) throw invalid(expected('at least one quantile', where, quantiles));
  points.sort(([a], [b]) => a - b);
  for (let i = 1; i < points.length; i++) {
    if ((points[i]?.[1] as number) < (points[i - 1]?.[1] as number))
      throw invalid(expected('quantiles that do not fall', where, quantiles));
  }
  return along(points);
}

/** Straight lines between points; beyond the last nothing is known, and its value is kept. */
function along(points: readonly (readonly [share: number, value: number])[]): Distribution {
  const shares = Float64Array.from(points, ([share]) => share);
  const values = Float64Array.from(points, ([, value]) => value);
  const last = points.length - 1;
  return (share) => {
    if (share <= (shares[0] as number)) return values[0] as number;
    if (share >= (shares[last] as number)) return values[last] as number;
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((shares[middle] as number) <= share) low = middle;
      else high = middle;
    }
    const [from, to] = [shares[low] as number, shares[high] as number];
    const [a, b] = [values[low] as number, values[high] as number];
    return a + ((b - a) * (share - from)) / (to - from);
  };
}

/** A day in milliseconds: nothing that Lambda runs takes as long. */
const LONGEST = 86_400_000;

function milliseconds(value: unknown, where: string, what = 'milliseconds'): number {
  if (typeof value === 'number' && value >= 0 && value <= LONGEST) return value;
  throw invalid(expected(what, where, value));
}

/** A file of measured figures that cannot be used. */
export function invalid(message: string, cause?: unknown): FreezeframeError {
  return new FreezeframeError('figures-invalid', message, {
    ...(cause === undefined ? {} : { cause }),
    remedy: 'freezeframe plan --save-measured FILE writes such a file; docs/plan.md of @freezeframe/cli shows one.',
  });
}
