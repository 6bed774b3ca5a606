import { darker, hex, vary, varyOne } from '../colour.ts';
import { box, ellipse, polygon } from '../shapes.ts';
import type { Subject } from './subject.ts';

/** A bird house on a pole: a pointed, often red roof over a pale front with a dark round hole. */
export const birdhouse: Subject = {
  name: 'birdhouse',
  width: 0.3,
  tall: 1.5,
  draw(pen, random) {
    const wall = varyOne(random, 8, '#e9dcc0', '#b88a58', '#f3f1ea', '#8fb0c4');
    const roof = vary(random.chance(0.65) ? hex('#bd2c2a') : random.pick([hex('#4a6a3c'), hex('#5a4634')]), random, 12);
    const floor = random.between(0.42, 0.56);
    const half = random.between(0.15, 0.2);
    pen.solid(polygon([-0.03, 0], [-0.03, floor], [0.03, floor], [0.03, 0]), vary(hex('#7c5a38'), random, 10));
    pen.solid(polygon([-half, floor], [-half, 0.76], [0, 0.94], [half, 0.76], [half, floor]), wall, 0.35);
    pen.solid(
      polygon([-half - 0.06, 0.72], [0, 1], [half + 0.06, 0.72], [half + 0.02, 0.69], [0, 0.93], [-half - 0.02, 0.69]),
      roof,
    );
    pen.solid(box(-half - 0.03, floor - 0.03, half + 0.03, floor + 0.012), darker(wall, 0.25));
    pen.fill(ellipse(0, 0.72, 0.055), hex('#241a14'));
    pen.line(0, 0.635, 0, 0.615, darker(wall, 0.5), 0.02);
  },
};
