import type { Random } from '#system';
import { type Colour, darker, hex, hsl, lighter, mix, vary, varyOne } from '../colour.ts';
import type { Pen } from '../pen.ts';
import { ellipse, limb, mirrored, polygon, smooth } from '../shapes.ts';
import type { Subject } from './subject.ts';

/** A gardener with human proportions, mostly in a red hat (cap, bobble hat, even a Santa hat), some with a beard. */
export const person: Subject = {
  name: 'person',
  width: 0.35,
  tall: 1.9,
  draw(pen, random) {
    const skin = varyOne(random, 8, '#f0c3a2', '#dca17c', '#a8724e', '#6f4a35');
    const shirt = hsl(random.between(0, 360), random.between(0.2, 0.6), random.between(0.35, 0.65));
    const trousers = varyOne(random, 8, '#34496b', '#4b4b50', '#7b6a4c', '#2e3b33');
    const stride = random.between(0.03, 0.085);
    for (const side of [-1, 1]) {
      pen.solid(limb(side * 0.048, 0.47, side * stride, 0.05, 0.1, 0.066), trousers);
      pen.ball(
        smooth(
          [side * (stride - 0.03), 0],
          [side * (stride - 0.028), 0.05],
          [side * (stride + 0.03), 0.05],
          [side * (stride + 0.075), 0.015],
          [side * (stride + 0.07), 0],
        ),
        hex('#3a2f2a'),
      );
    }
    pen.solid(smooth(...mirrored([-0.115, 0.795], [-0.105, 0.62], [-0.1, 0.45]), [0.04, 0.835], [-0.04, 0.835]), shirt);
    if (random.chance(0.3))
      pen.solid(polygon([-0.075, 0.44], [0.075, 0.44], [0.065, 0.72], [-0.065, 0.72]), hex('#5a6f4a'));
    drawArms(pen, random, skin, shirt);
    pen.solid(limb(0, 0.82, 0, 0.87, 0.062), darker(skin, 0.15));
    drawHead(pen, random, skin);
  },
};

function drawArms(pen: Pen, random: Random, skin: Colour, shirt: Colour) {
  const rake = random.chance(0.3);
  for (const side of [-1, 1]) {
    const up = random.chance(0.16) && !(rake && side === 1);
    const elbow = [side * random.between(0.15, 0.19), up ? 0.8 : 0.62] as const;
    const hand = [side * random.between(0.13, 0.22), up ? 0.96 : random.between(0.46, 0.54)] as const;
    if (rake && side === 1) drawRake(pen, hand[0]);
    pen.solid(limb(side * 0.1, 0.775, elbow[0], elbow[1], 0.068, 0.055), shirt);
    pen.solid(limb(elbow[0], elbow[1], hand[0], hand[1], 0.05, 0.04), random.chance(0.5) ? skin : shirt);
    pen.ball(ellipse(hand[0], hand[1], 0.026), skin);
  }
}

function drawRake(pen: Pen, x: number) {
  pen.line(x, 0.95, x + 0.03, 0.02, hex('#9a7446'), 0.018);
  pen.line(x - 0.06, 0.025, x + 0.12, 0.025, hex('#5c6066'), 0.016);
  for (let tooth = 0; tooth < 6; tooth++)
    pen.line(x - 0.055 + tooth * 0.034, 0.025, x - 0.055 + tooth * 0.034, -0.01, hex('#5c6066'), 0.009);
}

function drawHead(pen: Pen, random: Random, skin: Colour) {
  const hair = varyOne(random, 8, '#3a261a', '#7a4c28', '#c9a15c', '#d8d4cc', '#1c1a1c');
  const longHair = random.chance(0.35);
  if (longHair)
    pen.solid(smooth([-0.068, 0.95], [-0.078, 0.86], [-0.06, 0.8], [0.06, 0.8], [0.078, 0.86], [0.068, 0.95]), hair);
  pen.ball(ellipse(0, 0.92, 0.054, 0.066), skin, 0.38);
  for (const side of [-1, 1]) pen.fill(ellipse(side * 0.02, 0.927, 0.007, 0.009), hex('#23232b'));
  pen.fill(ellipse(0, 0.909, 0.009, 0.012), mix(skin, [200, 90, 80], 0.3));
  if (!longHair && random.chance(0.4)) {
    const beard = random.chance(0.5) ? hex('#eeeae2') : hair;
    pen.solid(
      smooth(
        ...mirrored([-0.053, 0.915], [-0.04, 0.87], [0, random.between(0.81, 0.855)]),
        [0.025, 0.895],
        [-0.025, 0.895],
      ),
      beard,
      0.3,
    );
  } else {
    const lips = mix(skin, [150, 40, 50], 0.6);
    for (const side of [-1, 1]) pen.line(0, 0.882, side * 0.02, 0.889, lips, 0.008, 0.005);
  }
  if (!longHair) for (const side of [-1, 1]) pen.fill(ellipse(side * 0.05, 0.938, 0.012, 0.026), hair);
  const hat = random.chance(0.75) ? vary(hex('#c8262c'), random, 12) : hsl(random.between(0, 360), 0.5, 0.45);
  drawHat(pen, random, hat, hair);
}

function drawHat(pen: Pen, random: Random, hat: Colour, hair: Colour) {
  const style = random.pick(['cap', 'bobble', 'santa', 'straw', 'none'] as const);
  const dome = smooth([-0.06, 0.942], [-0.057, 0.98], [0, 1.005], [0.057, 0.98], [0.06, 0.942], [0, 0.955]);
  if (style === 'none') pen.solid(dome, hair);
  else if (style === 'cap') {
    pen.ball(dome, hat);
    pen.solid(smooth([-0.05, 0.95], [0.02, 0.962], [0.1, 0.945], [0.095, 0.935], [0, 0.942]), darker(hat, 0.2));
  } else if (style === 'straw') {
    pen.ball(dome, hex('#dcb873'));
    pen.solid(ellipse(0, 0.95, 0.12, 0.02), hex('#e4c483'));
    pen.solid(smooth([-0.058, 0.955], [0.058, 0.955], [0.057, 0.972], [-0.057, 0.972]), hat);
  } else {
    const tip = style === 'santa' ? random.between(0.04, 0.12) : 0;
    pen.solid(
      smooth(
        [-0.06, 0.945],
        [-0.052, 0.985],
        [tip * 0.6 - 0.012, style === 'santa' ? 1.045 : 1.005],
        [tip, style === 'santa' ? 1.01 : 1.005],
        [0.057, 0.98],
        [0.06, 0.945],
      ),
      hat,
    );
    pen.solid(limb(-0.052, 0.948, 0.052, 0.948, 0.026), style === 'santa' ? hex('#f4f2ee') : lighter(hat, 0.25));
    pen.ball(ellipse(tip, style === 'santa' ? 1.005 : 1.015, 0.021), hex('#f4f2ee'), 0.3);
  }
}
