import { describe, expect, it } from 'vitest';
import { createCanvas } from '../../../../../scripts/datasets/gnomes/canvas.ts';
import { createPen } from '../../../../../scripts/datasets/gnomes/pen.ts';
import { drawBackdrop } from '../../../../../scripts/datasets/gnomes/scenes/backdrop.ts';
import { drawClutter, drawForeground, drawShadow } from '../../../../../scripts/datasets/gnomes/scenes/clutter.ts';
import { drawGround } from '../../../../../scripts/datasets/gnomes/scenes/ground.ts';
import { namedStream } from '../../../../../scripts/system/random.ts';

const touched = (data: Float32Array, from: number, to: number) =>
  data.subarray(from * 40 * 3, to * 40 * 3).some((value) => value !== 0);

describe('scenes', () => {
  it('puts the ground below the horizon, in many kinds', () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const canvas = createCanvas(40, 40);
      kinds.add(drawGround(canvas, namedStream(`ground/${seed}`), 0.5));
      expect(touched(canvas.data, 0, 19)).toBe(false);
      for (let pixel = 22 * 40; pixel < 1600; pixel++) expect(canvas.data[pixel * 3 + 1]).not.toBe(0);
    }
    expect([...kinds].sort()).toEqual(['gravel', 'lawn', 'leaves', 'paving', 'snow', 'soil']);
  });

  it('fills everything above the horizon with a backdrop', () => {
    for (let seed = 0; seed < 30; seed++) {
      const canvas = createCanvas(40, 40);
      drawBackdrop(createPen(canvas, 1), namedStream(`back/${seed}`), 0.5, 1);
      for (let pixel = 0; pixel < 19 * 40; pixel++) expect(canvas.data[pixel * 3 + 2]).not.toBe(0);
      expect(touched(canvas.data, 24, 40)).toBe(false);
    }
  });

  it('never hides more than it may', () => {
    let fronts = 0;
    for (let seed = 0; seed < 60; seed++) {
      const canvas = createCanvas(40, 40);
      const random = namedStream(`front/${seed}`);
      drawForeground(createPen(canvas, 1), random, { foot: 0.95, top: 0.7, wide: 1, surface: 'lawn' });
      if (touched(canvas.data, 30, 40)) fronts++;
      // The middle of the upper half stays free; twigs reach in from the corners only.
      for (let y = 12; y < 26; y++) expect(canvas.data[(y * 40 + 20) * 3 + 1]).toBe(0);
    }
    expect(fronts).toBeGreaterThan(15);
    expect(fronts).toBeLessThan(55);
  });

  it('darkens the ground under things, and strews clutter', () => {
    const canvas = createCanvas(40, 40);
    canvas.data.fill(200);
    const pen = createPen(canvas, 1);
    drawShadow(pen, 0.5, 0.8, 0.3, 1, 1);
    expect(canvas.data[(32 * 40 + 20) * 3]).toBeLessThan(120);
    expect(canvas.data[0]).toBe(200);
    const before = canvas.data.slice();
    for (let seed = 0; seed < 5; seed++) drawClutter(pen, namedStream(`clutter/${seed}`), 0.3, 1);
    expect(canvas.data).not.toEqual(before);
  });
});
