import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bounds,
  createCanvas,
  fillPolygon,
  paintAll,
  type Shader,
} from '../../../../scripts/datasets/gnomes/canvas.ts';

const white: Shader = (_x, _y, out) => out.fill(1);

/** How much of each pixel a polygon covers. */
function coverage(points: number[], width = 8, height = 8) {
  const canvas = createCanvas(width, height);
  fillPolygon(canvas, points, white);
  return Array.from({ length: width * height }, (_, pixel) => canvas.data[pixel * 3] as number);
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

describe('fillPolygon', () => {
  it('covers whole pixels wholly and cut ones by their share', () => {
    const cells = coverage([1, 1, 3.5, 1, 3.5, 2.25, 1, 2.25]);
    expect([cells[9], cells[10], cells[11]]).toEqual([1, 1, 0.5]);
    expect([cells[17], cells[18], cells[19]]).toEqual([0.25, 0.25, 0.125]);
    expect(sum(cells)).toBeCloseTo(2.5 * 1.25);
  });

  it('covers as much as the area of any triangle inside', () => {
    const inside = fc.double({ min: 0, max: 8, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(inside, inside, inside, inside, inside, inside), ([x0, y0, x1, y1, x2, y2]) => {
        const area = Math.abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2;
        // Pixels under 0.4 % are left out, so up to 64 x 0.004 may be missing.
        expect(Math.abs(sum(coverage([x0, y0, x1, y1, x2, y2])) - area)).toBeLessThan(0.26);
      }),
    );
  });

  it('is the same for a window into a larger picture, wherever the polygon leaves it', () => {
    const anywhere = fc.double({ min: -8, max: 16, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(anywhere, { minLength: 6, maxLength: 10 }).filter((list) => list.length % 2 === 0),
        (points) => {
          const small = coverage(points);
          const large = coverage(
            points.map((value) => value + 8),
            24,
            24,
          );
          for (let y = 0; y < 8; y++)
            for (let x = 0; x < 8; x++)
              expect(Math.abs((small[y * 8 + x] as number) - (large[(y + 8) * 24 + x + 8] as number))).toBeLessThan(
                0.01,
              );
        },
      ),
    );
  });

  it('draws nothing outside', () => {
    expect(sum(coverage([-5, -5, -1, -5, -1, -1]))).toBe(0);
    expect(sum(coverage([9, 1, 12, 1, 12, 5]))).toBe(0);
  });

  it('mixes by alpha', () => {
    const canvas = createCanvas(1, 1);
    paintAll(canvas, (_x, _y, out) => out.set([100, 100, 100, 1]));
    fillPolygon(canvas, [0, 0, 1, 0, 1, 1, 0, 1], (_x, _y, out) => out.set([200, 0, 100, 0.5]));
    expect([...canvas.data]).toEqual([150, 50, 100]);
  });
});

describe('bounds', () => {
  it('encloses all points', () => {
    expect(bounds([3, 1, -2, 5, 0, 9])).toEqual({ x0: -2, y0: 1, x1: 3, y1: 9 });
  });
});
