/** At one threshold: the share of the labels' pictures, and of others, whose score is not above it. */
export interface OperatingPoint {
  recall: number;
  falseAccepts: number;
}

const MOST_POINTS = 300;

/** Every threshold's operating point, from (0, 0) to (1, 1); of many, some hundreds at equal distances. */
export function unknownCurve(scores: readonly number[], background: readonly number[]): OperatingPoint[] {
  const own = Float64Array.from(scores).sort();
  const others = Float64Array.from(background).sort();
  const thresholds = Float64Array.from(new Set([...own, ...others])).sort();
  const points: OperatingPoint[] = [{ recall: 0, falseAccepts: 0 }];
  let accepted = 0;
  let acceptedOthers = 0;
  for (const threshold of thresholds) {
    while (accepted < own.length && (own[accepted] as number) <= threshold) accepted++;
    while (acceptedOthers < others.length && (others[acceptedOthers] as number) <= threshold) acceptedOthers++;
    points.push({ recall: accepted / own.length, falseAccepts: acceptedOthers / others.length });
  }
  return points;
}

/** The area under the curve: how often a picture of the labels has a smaller score than another picture. 0..1 */
export function areaUnder(curve: readonly OperatingPoint[]): number {
  let area = 0;
  for (const [index, point] of curve.entries()) {
    const last = curve[index - 1];
    if (last) area += (point.falseAccepts - last.falseAccepts) * ((point.recall + last.recall) / 2);
  }
  return area;
}

/** Fewer points for a chart: the first, the last, and some hundreds between them. */
export function thinned(curve: readonly OperatingPoint[]): OperatingPoint[] {
  const step = Math.max(1, Math.ceil(curve.length / MOST_POINTS));
  return curve.filter((_, index) => index % step === 0 || index === curve.length - 1);
}
