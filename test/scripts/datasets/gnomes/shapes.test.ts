import { describe, expect, it } from 'vitest';
import { bounds } from '../../../../scripts/datasets/gnomes/canvas.ts';
import { ellipse, limb, polygon, smooth } from '../../../../scripts/datasets/gnomes/shapes.ts';

function area(outline: number[]): number {
  let twice = 0;
  for (let at = 0; at < outline.length; at += 2) {
    const next = (at + 2) % outline.length;
    twice +=
      (outline[at] as number) * (outline[next + 1] as number) - (outline[next] as number) * (outline[at + 1] as number);
  }
  return Math.abs(twice) / 2;
}

describe('shapes', () => {
  it('has the area and extent one expects', () => {
    expect(polygon([0, 0], [2, 0], [2, 3])).toEqual([0, 0, 2, 0, 2, 3]);
    expect(area(ellipse(5, 5, 2, 1))).toBeCloseTo(2 * Math.PI, 0);
    expect(bounds(ellipse(5, 5, 2, 1))).toMatchObject({ x0: 3, x1: 7 });
    const turned = bounds(ellipse(0, 0, 2, 1, Math.PI / 2));
    expect(turned.y1).toBeCloseTo(2, 1);
    expect(turned.x1).toBeCloseTo(1, 1);
  });

  it('draws a limb of the widths given, round at both ends', () => {
    const box = bounds(limb(0, 0, 0, 10, 4, 2));
    expect([box.x0, box.x1, box.y0, box.y1]).toEqual([-2, 2, -2, 11].map((value) => expect.closeTo(value, 5)));
  });

  it('runs a smooth curve through all its points', () => {
    const points = [
      [0, 0],
      [4, 1],
      [3, 5],
    ] as const;
    const outline = smooth(...points);
    for (const [x, y] of points) {
      const near = outline.some(
        (value, at) => at % 2 === 0 && Math.hypot(value - x, (outline[at + 1] as number) - y) < 1e-9,
      );
      expect(near).toBe(true);
    }
    expect(outline).toHaveLength(3 * 6 * 2);
  });
});
