import { expect, it } from 'vitest';
import { calibrationError } from '../../../../scripts/transfer/head/calibration.ts';

it('is the mean distance between how sure and how right answers are', () => {
  const sure = (probability: number, right: boolean, times: number) => Array(times).fill({ probability, right });
  expect(calibrationError([...sure(0.9, true, 9), ...sure(0.9, false, 1)])).toBeCloseTo(0);
  expect(calibrationError([...sure(0.9, true, 5), ...sure(0.9, false, 5)])).toBeCloseTo(0.4);
  expect(calibrationError(sure(1, true, 3))).toBe(0);
});
