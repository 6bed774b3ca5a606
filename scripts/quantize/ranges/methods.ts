import type { Ranges } from '../write/rewrite.ts';
import { Calibration } from './calibration.ts';

/** Where a range ends: at the outermost numbers, or where this share of them lies inside. */
export const METHODS = ['min-max', 'percentile'] as const;
export type Method = (typeof METHODS)[number];

const SHARE = 0.9999;

export function rangesOf(calibration: Calibration, method: Method): Ranges {
  return {
    range: (root) => {
      const histogram = calibration.histogram(root);
      return method === 'min-max' ? histogram.ends() : histogram.percentile(SHARE);
    },
    means: (input) => calibration.means(input),
  };
}

export function merged(calibrations: readonly Calibration[]): Calibration {
  const all = new Calibration();
  for (const one of calibrations) all.merge(one);
  return all;
}
