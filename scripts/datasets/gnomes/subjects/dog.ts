import { darker, hex, lighter, vary, varyOne } from '../colour.ts';
import { ellipse, limb, smooth } from '../shapes.ts';
import type { Subject } from './subject.ts';

/** A dog, standing in profile or sitting, some with a red collar or bandana. */
export const dog: Subject = {
  name: 'dog',
  width: 1.2,
  tall: 0.95,
  draw(pen, random) {
    const coat = varyOne(random, 10, '#8a5a33', '#c9974f', '#3b3230', '#e2d8c6', '#a9a39b');
    const [shade, pale] = [darker(coat, 0.3), lighter(coat, 0.4)];
    const sitting = random.chance(0.4);
    const chest = sitting ? [0.16, 0.5] : [0.33, 0.55];
    if (sitting) {
      pen.line(-0.2, 0.1, -0.48, random.between(0.12, 0.4), shade, 0.09, 0.045);
      pen.ball(
        smooth([-0.3, 0.02], [-0.34, 0.2], [-0.18, 0.42], [0.06, 0.62], [0.24, 0.55], [0.2, 0.2], [0.1, 0.02]),
        coat,
      );
      for (const x of [0.06, 0.18]) pen.solid(limb(x, 0.45, x + 0.02, 0.04, 0.12, 0.085), x < 0.1 ? shade : coat);
      pen.ball(ellipse(-0.12, 0.15, 0.17, 0.15), coat, 0.35);
      for (const x of [-0.06, 0.1, 0.24]) pen.ball(ellipse(x, 0.03, 0.075, 0.034), pale);
    } else {
      pen.line(-0.4, 0.56, -0.62, random.between(0.55, 0.9), shade, 0.09, 0.04);
      for (const x of [-0.36, 0.27]) pen.solid(limb(x, 0.42, x + 0.02, 0.03, 0.12, 0.075), shade);
      pen.ball(
        smooth(
          [-0.44, 0.5],
          [-0.38, 0.65],
          [0, 0.63],
          [0.34, 0.68],
          [0.42, 0.5],
          [0.3, 0.36],
          [0, 0.35],
          [-0.32, 0.37],
        ),
        coat,
      );
      for (const x of [-0.28, 0.36]) pen.solid(limb(x, 0.44, x, 0.03, 0.13, 0.08), coat);
      for (const x of [-0.33, -0.26, 0.3, 0.38]) pen.ball(ellipse(x + 0.02, 0.03, 0.06, 0.03), pale);
    }
    const [x, y] = [(chest[0] as number) + 0.1, 0.78];
    pen.solid(limb(chest[0] as number, (chest[1] as number) + 0.03, x, y, 0.26, 0.2), coat);
    if (random.chance(0.55)) pen.line(x - 0.13, y - 0.13, x + 0.08, y - 0.17, vary(hex('#c8262c'), random, 10), 0.055);
    pen.ball(ellipse(x, y, 0.15, 0.135), coat, 0.35);
    pen.ball(
      smooth(
        [x + 0.06, y + 0.05],
        [x + 0.24, y + 0.0],
        [x + 0.27, y - 0.05],
        [x + 0.2, y - 0.11],
        [x + 0.03, y - 0.11],
      ),
      pale,
      0.35,
    );
    pen.ball(ellipse(x + 0.265, y - 0.015, 0.038, 0.032), hex('#22201f'), 0.3);
    pen.line(x + 0.12, y - 0.085, x + 0.23, y - 0.08, darker(pale, 0.45), 0.012);
    if (random.chance(0.4)) pen.ball(ellipse(x + 0.17, y - 0.125, 0.032, 0.05), hex('#e5707a'), 0.25);
    pen.fill(ellipse(x + 0.07, y + 0.035, 0.022, 0.026), hex('#1d1a1a'));
    pen.fill(ellipse(x + 0.077, y + 0.043, 0.007), hex('#ffffff'));
    if (random.chance(0.6))
      pen.solid(
        smooth(
          [x - 0.1, y + 0.12],
          [x + 0.0, y + 0.1],
          [x - 0.03, y - 0.1],
          [x - 0.11, y - 0.17],
          [x - 0.17, y - 0.05],
        ),
        shade,
      );
    else pen.solid(smooth([x - 0.12, y + 0.06], [x - 0.1, y + 0.22], [x - 0.02, y + 0.12]), shade);
  },
};
