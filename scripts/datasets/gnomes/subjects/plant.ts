import type { Random } from '#system';
import { type Colour, darker, hex, hsl, lighter, vary, varyOne } from '../colour.ts';
import type { Pen } from '../pen.ts';
import { ellipse, limb, polygon, smooth } from '../shapes.ts';
import type { Subject } from './subject.ts';

/** Garden plants: a sunflower, tulips, a clipped cone of box in a pot, a rose bush. */
export const plant: Subject = {
  name: 'plant',
  width: 0.6,
  tall: 1.1,
  draw(pen, random) {
    const leaf = vary(hex('#3f7d36'), random, 14);
    random.pick([sunflower, tulips, topiary, roses])(pen, random, leaf);
  },
};

function sunflower(pen: Pen, random: Random, leaf: Colour) {
  pen.line(0, 0, 0.03, 0.78, leaf, 0.045, 0.035);
  for (const side of [-1, 1]) {
    const y = random.between(0.22, 0.45);
    pen.solid(smooth([0.01, y], [side * 0.14, y + 0.11], [side * 0.3, y + 0.04], [side * 0.16, y - 0.04]), leaf);
  }
  const petal = vary(hex('#f2b51d'), random, 12);
  for (let turn = 0; turn < 16; turn++) {
    const angle = (turn / 16) * 2 * Math.PI;
    pen.solid(
      ellipse(0.03 + Math.cos(angle) * 0.15, 0.8 + Math.sin(angle) * 0.15, 0.075, 0.032, angle),
      turn % 2 ? petal : darker(petal, 0.18),
      0.2,
    );
  }
  pen.ball(ellipse(0.03, 0.8, 0.11), hex('#5b3716'));
}

function tulips(pen: Pen, random: Random, leaf: Colour) {
  const bloom = random.chance(0.6) ? hex('#cf2531') : hsl(random.between(270, 420) % 360, 0.7, 0.58);
  for (let stem = 0; stem < random.integer(3, 6); stem++) {
    const [x, top] = [random.between(-0.26, 0.26), random.between(0.6, 0.86)];
    pen.line(x * 0.55, 0, x, top, leaf, 0.024);
    pen.solid(
      smooth([x * 0.55 - 0.02, 0], [x * 0.7 - 0.09, 0.3], [x - 0.12, 0.5], [x * 0.7 - 0.01, 0.25]),
      darker(leaf, 0.12),
    );
    const colour = vary(bloom, random, 14);
    pen.ball(
      smooth(
        [x - 0.075, top + 0.07],
        [x - 0.05, top],
        [x + 0.05, top],
        [x + 0.075, top + 0.07],
        [x + 0.06, top + 0.15],
        [x + 0.025, top + 0.11],
        [x, top + 0.16],
        [x - 0.025, top + 0.11],
        [x - 0.06, top + 0.15],
      ),
      colour,
    );
  }
}

function topiary(pen: Pen, random: Random, leaf: Colour) {
  const clay = varyOne(random, 10, '#b8623c', '#8a8a86', '#36527a');
  pen.solid(limb(0, 0.25, 0, 0.4, 0.05), hex('#6b4a2b'));
  pen.solid(polygon([-0.26, 0.3], [-0.03, 1], [0.03, 1], [0.26, 0.3]), leaf, 0.5);
  for (let tuft = 0; tuft < 60; tuft++) {
    const y = random.between(0.3, 0.96);
    const half = 0.27 * (1 - (y - 0.3) / 0.74);
    const x = random.between(-half, half);
    pen.fill(
      ellipse(x, y, 0.026, 0.018, random.between(0, 3)),
      random.chance(0.5) ? darker(leaf, 0.22) : lighter(leaf, 0.14),
    );
  }
  pen.solid(polygon([-0.16, 0], [-0.22, 0.26], [0.22, 0.26], [0.16, 0]), clay);
  pen.solid(polygon([-0.24, 0.24], [-0.24, 0.31], [0.24, 0.31], [0.24, 0.24]), lighter(clay, 0.1));
}

function roses(pen: Pen, random: Random, leaf: Colour) {
  pen.line(0, 0, 0, 0.4, hex('#5f4328'), 0.04);
  for (let bunch = 0; bunch < 46; bunch++) {
    const [angle, far] = [random.between(0, 2 * Math.PI), Math.sqrt(random.uniform())];
    const [x, y] = [Math.cos(angle) * far * 0.33, 0.56 + Math.sin(angle) * far * 0.36];
    pen.fill(
      ellipse(x, y, 0.075, 0.055, random.between(0, 3)),
      vary(y > 0.6 ? lighter(leaf, 0.08) : darker(leaf, 0.2), random, 10),
    );
  }
  const bloom = random.chance(0.55) ? hex('#cc2433') : random.pick([hex('#f0b4c4'), hex('#f6efe2'), hex('#f4c54a')]);
  for (let rose = 0; rose < random.integer(6, 12); rose++) {
    const [angle, far] = [random.between(0, 2 * Math.PI), Math.sqrt(random.uniform())];
    const [x, y, size] = [
      Math.cos(angle) * far * 0.3,
      0.58 + Math.sin(angle) * far * 0.33,
      random.between(0.04, 0.062),
    ];
    pen.ball(ellipse(x, y, size), vary(bloom, random, 12));
    pen.fill(ellipse(x, y, size * 0.4), darker(bloom, 0.25));
  }
}
