import { describe, expect, it } from 'vitest';
import { createCanvas } from '../../../../scripts/datasets/gnomes/canvas.ts';
import { createPen, fade, glaze, soft } from '../../../../scripts/datasets/gnomes/pen.ts';
import { ellipse, polygon } from '../../../../scripts/datasets/gnomes/shapes.ts';

const square = polygon([0, 0], [1, 0], [1, 1], [0, 1]);

function drawing(side = -1) {
  const canvas = createCanvas(20, 20);
  const red = (x: number, y: number) => canvas.data[(y * 20 + x) * 3] as number;
  return { canvas, pen: createPen(canvas, side), red };
}

describe('pen', () => {
  it('draws in scene units, y down, and stands subjects up', () => {
    const { pen, red } = drawing();
    pen.at(0.5, 0.5, 0.25).fill(square, [200, 0, 0]);
    expect([red(11, 11), red(14, 14), red(9, 9), red(16, 11)]).toEqual([200, 200, 0, 0]);
    pen.stand(0.1, 0.4, 0.2).fill(square, [90, 0, 0]);
    expect([red(3, 6), red(3, 9), red(1, 6)]).toEqual([90, 0, 0]);
    pen.stand(0.1, 0.4, 0.2, 0, true).fill(square, [50, 0, 0]);
    expect(red(0, 6)).toBe(50);
  });

  it('turns anticlockwise', () => {
    const { pen, red } = drawing();
    // A thin bar to the right, turned by a quarter: it points up.
    pen.stand(0.5, 0.5, 0.4, Math.PI / 2).line(0, 0, 1, 0, [200, 0, 0], 0.3);
    expect([red(10, 4), red(10, 14), red(16, 10)]).toEqual([200, 0, 0]);
  });

  it('lights forms from the side of the light', () => {
    for (const [side, bright, dark] of [
      [-1, 4, 15],
      [1, 15, 4],
    ] as const) {
      for (const form of ['solid', 'ball'] as const) {
        const { pen, red } = drawing(side);
        pen[form](ellipse(0.5, 0.5, 0.45), [120, 120, 120]);
        expect(red(bright, 8)).toBeGreaterThan(red(dark, 8) + 10);
      }
    }
  });

  it('has paints one can see through, that fade, that end softly', () => {
    const { pen, red } = drawing();
    pen.fill(square, fade([0, 0, 0], [200, 0, 0]));
    expect(red(5, 15)).toBeGreaterThan(red(5, 5) + 80);
    pen.fill(square, [100, 0, 0]);
    pen.fill(square, glaze([200, 0, 0], 0.25));
    expect(red(5, 5)).toBe(125);
    pen.fill(ellipse(0.5, 0.5, 0.4), soft([0, 0, 0], 1));
    expect(red(10, 10)).toBeLessThan(10);
    expect(red(3, 10)).toBeGreaterThan(red(10, 10));
    expect(red(0, 0)).toBe(125);
  });
});
