import { describe, expect, it } from 'vitest';
import { plainProbabilities } from '../../../../scripts/transfer/freeze/plain-head.ts';
import { findTemperature, sharpened, withTemperature } from '../../../../scripts/transfer/head/temperature.ts';

/** Rows of two labels, each answered with this probability for its first choice. */
function rows(probability: number, right: number, wrong: number) {
  const classes = Int32Array.from([...Array(right).fill(0), ...Array(wrong).fill(1)]);
  const probabilities = Float32Array.from([...classes].flatMap(() => [probability, 1 - probability]));
  return { probabilities, classes, labels: 2 };
}

describe('findTemperature', () => {
  it('cools what is surer than it says, and warms what is not as sure', () => {
    const cool = findTemperature(rows(0.8, 99, 1));
    expect(cool).toBeLessThan(0.6);
    expect(sharpened(Float32Array.from([0.8, 0.2]), cool)[0]).toBeGreaterThan(0.9);
    expect(findTemperature(rows(0.99, 80, 20))).toBeGreaterThan(1.5);
  });

  it('is 1 where it is as sure as it is right, and where there are too few rows to tell', () => {
    expect(findTemperature(rows(0.8, 80, 20))).toBeCloseTo(1, 1);
    expect(findTemperature(rows(0.9, 1, 1))).toBeCloseTo(1, 0);
  });
});

it('is a part of the head', () => {
  const head = { labels: 2, width: 1, weights: Float32Array.from([0, 2]), bias: Float32Array.from([0.5, 0]) };
  const features = Float32Array.from([1.5]);
  const plain = plainProbabilities(head, features, 0);
  const wanted = sharpened(Float32Array.from(plain), 0.5);
  const received = plainProbabilities(withTemperature(head, 0.5), features, 0);
  for (const label of [0, 1]) expect(received[label]).toBeCloseTo(wanted[label] as number, 5);
});
