import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createCanvas } from '../../../../../scripts/datasets/gnomes/canvas.ts';
import { createPen } from '../../../../../scripts/datasets/gnomes/pen.ts';
import { DECOYS, SUBJECTS } from '../../../../../scripts/datasets/gnomes/subjects/index.ts';
import { namedStream } from '../../../../../scripts/system/random.ts';

/** The pixels that a subject touches, standing in the middle of a black picture. */
function footprint(subject: (typeof SUBJECTS)[number], seed: string) {
  const canvas = createCanvas(100, 100);
  subject.draw(createPen(canvas, 1).stand(0.5, 0.9, 0.5), namedStream(seed));
  let [left, right, top, bottom, count] = [100, 0, 100, 0, 0];
  for (let pixel = 0; pixel < 10_000; pixel++) {
    if (!canvas.data[pixel * 3] && !canvas.data[pixel * 3 + 1] && !canvas.data[pixel * 3 + 2]) continue;
    count++;
    [left, right] = [Math.min(left, pixel % 100), Math.max(right, pixel % 100)];
    [top, bottom] = [Math.min(top, Math.floor(pixel / 100)), Math.max(bottom, Math.floor(pixel / 100))];
  }
  return { left, right, top, bottom, count, data: canvas.data };
}

describe('SUBJECTS', () => {
  it('holds every file of the folder', async () => {
    const files = await readdir(new URL('../../../../../scripts/datasets/gnomes/subjects', import.meta.url));
    const names = files
      .filter((file) => !['index.ts', 'subject.ts'].includes(file))
      .map((file) => file.replace('.ts', ''));
    expect(SUBJECTS.map(({ name }) => name).sort()).toEqual(names.sort());
    expect(DECOYS.map(({ name }) => name)).not.toContain('gnome');
    expect(DECOYS).toHaveLength(SUBJECTS.length - 1);
  });

  it.each(SUBJECTS)('$name stands on the ground, one unit high, about as wide as it says', (subject) => {
    for (let seed = 0; seed < 12; seed++) {
      const { left, right, top, bottom, count } = footprint(subject, `${subject.name}/${seed}`);
      expect(count).toBeGreaterThan(100);
      expect(Math.abs(bottom - 89)).toBeLessThanOrEqual(4);
      expect(top).toBeGreaterThanOrEqual(36);
      expect(top).toBeLessThanOrEqual(56);
      expect((right - left) / 50).toBeLessThan(subject.width * 2.2);
      expect((right - left) / 50).toBeGreaterThan(subject.width * 0.25);
    }
  });

  it.each(SUBJECTS)('$name looks the same for the same seed and otherwise for another', (subject) => {
    expect(footprint(subject, 'a').data).toEqual(footprint(subject, 'a').data);
    expect(footprint(subject, 'a').data).not.toEqual(footprint(subject, 'b').data);
  });
});
