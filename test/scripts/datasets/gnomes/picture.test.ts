import { describe, expect, it } from 'vitest';
import { drawPicture, LABELS } from '../../../../scripts/datasets/gnomes/picture.ts';

describe('drawPicture', () => {
  it('draws the same scene the same way, and any other differently', () => {
    for (const label of LABELS) {
      const one = drawPicture('test/1', label, 40, 30);
      expect(one.data).toHaveLength(40 * 30 * 3);
      expect(drawPicture('test/1', label, 40, 30).data).toEqual(one.data);
      expect(drawPicture('test/2', label, 40, 30).data).not.toEqual(one.data);
      expect(one.data.every(Number.isFinite)).toBe(true);
    }
  });

  it('gives the label no away by brightness or colour', () => {
    // The best threshold on any channel's mean must stay near chance: the task is the form, not the exposure.
    const means = LABELS.map((label) =>
      Array.from({ length: 150 }, (_, scene) => {
        const { data } = drawPicture(`mean/${scene}`, label, 24, 24);
        const sums = [0, 0, 0];
        data.forEach((value, at) => {
          sums[at % 3] = (sums[at % 3] ?? 0) + value / 576;
        });
        return sums;
      }),
    );
    for (let channel = 0; channel < 3; channel++) {
      const points = means.flatMap((list, label) => list.map((sums) => ({ label, value: sums[channel] as number })));
      points.sort((a, b) => a.value - b.value);
      let [balance, best] = [0, 0];
      for (const { label } of points) {
        balance += label ? 1 : -1;
        best = Math.max(best, Math.abs(balance));
      }
      expect(0.5 + best / 300).toBeLessThan(0.65);
    }
  });
});
