import { expect, it } from 'vitest';
import { monthCost } from '../../../scripts/plan/prices.ts';

it('costs what the list says: requests and GB-seconds', () => {
  // A million answers of 50 ms at 1,769 MB: docs/operate.md has $1.44 and $0.20.
  const use = { requests: 1e6, gbSeconds: 1e6 * 0.05 * (1769 / 1024) };
  expect(monthCost(use, 'x86_64')).toBeCloseTo(1.4396 + 0.2, 3);
  expect(monthCost(use, 'arm64')).toBeCloseTo(1.1517 + 0.2, 3);
  expect(monthCost({ requests: 0, gbSeconds: 0 }, 'arm64')).toBe(0);
});

it('gives what is free once', () => {
  expect(monthCost({ requests: 1e6, gbSeconds: 400_000 }, 'x86_64', true)).toBe(0);
  expect(monthCost({ requests: 3e6, gbSeconds: 1_400_000 }, 'x86_64', true)).toBeCloseTo(0.4 + 16.6667, 4);
});

it('costs less beyond each step of a large bill', () => {
  expect(monthCost({ requests: 0, gbSeconds: 7e9 }, 'x86_64')).toBeCloseTo(6e9 * 0.0000166667 + 1e9 * 0.000015, 3);
  expect(monthCost({ requests: 0, gbSeconds: 20e9 }, 'x86_64')).toBeCloseTo(
    6e9 * 0.0000166667 + 9e9 * 0.000015 + 5e9 * 0.0000133334,
    3,
  );
  expect(monthCost({ requests: 0, gbSeconds: 19e9 }, 'arm64')).toBeCloseTo(
    7.5e9 * 0.0000133334 + 11.25e9 * 0.0000120001 + 0.25e9 * 0.0000106667,
    3,
  );
});
