import type { Random } from '#system';
import { darker, hex, hsl, lighter, vary, varyOne } from '../colour.ts';
import { glaze, type Pen, soft } from '../pen.ts';
import { ellipse, polygon, smooth } from '../shapes.ts';

/** Small things on the ground that are nobody's subject: flowers, stones, tufts, a ball, a pot, a watering can. */
export function drawClutter(pen: Pen, random: Random, horizon: number, wide: number): void {
  for (let count = random.integer(0, 9); count > 0; count--) {
    const y = random.between(Math.max(0.06, horizon + 0.04), 1.02);
    const size = 0.05 + 0.09 * (y - horizon);
    random.pick(THINGS)(pen.stand(random.between(0, wide), y, size, 0, random.chance(0.5)), random);
  }
}

interface Front {
  /** Where the main subject stands. */
  readonly foot: number;
  /** Nothing that hides is taller than this. */
  readonly top: number;
  readonly wide: number;
  readonly surface: string;
}

/** What stands between the camera and the subject: high grass, a fence, a twig, or (mostly) nothing. */
export function drawForeground(pen: Pen, random: Random, { foot, top, wide, surface }: Front): void {
  const kind = random.uniform();
  if (kind < 0.4 && surface !== 'paving' && surface !== 'snow') grass(pen, random, foot, wide);
  else if (kind < 0.5) pickets(pen, random, top, wide);
  else if (kind < 0.6) leaves(pen, random, wide);
}

/** The dark patch under whatever stands: contact shadow, and a longer one away from the light. */
export function drawShadow(pen: Pen, x: number, y: number, width: number, side: number, hardness: number): void {
  pen.fill(ellipse(x - side * width * 0.45, y + 0.004, width * 1.05, width * 0.2), soft([14, 18, 26], 0.5 * hardness));
  pen.fill(ellipse(x, y, width * 0.62, width * 0.13), soft([10, 12, 18], 0.75));
}

type Thing = (pen: Pen, random: Random) => void;

const flower: Thing = (pen, random) => {
  const petal = hsl(random.between(0, 360), random.between(0.5, 0.9), random.between(0.5, 0.75));
  for (let stem = 0; stem < 3; stem++) {
    const [x, y] = [(stem - 1) * 0.5 + random.bell() * 0.1, random.between(0.7, 1.2)];
    pen.line(x * 0.4, 0, x, y, hex('#4a7f38'), 0.09);
    for (let turn = 0; turn < 5; turn++)
      pen.fill(ellipse(x + Math.cos(turn * 1.257) * 0.17, y + Math.sin(turn * 1.257) * 0.17, 0.14), petal);
    pen.fill(ellipse(x, y, 0.11), hex('#f3cf4a'));
  }
};

const stone: Thing = (pen, random) => {
  const grey = vary(hex('#8c8a86'), random, 18);
  pen.fill(ellipse(0, 0, 0.9, 0.2), soft([10, 12, 18], 0.6));
  pen.ball(
    smooth([-0.7, 0], [-0.6, random.between(0.3, 0.6)], [0.1, random.between(0.5, 0.9)], [0.6, 0.4], [0.75, 0]),
    grey,
  );
};

const tuft: Thing = (pen, random) => {
  const green = vary(hex('#5d8f3c'), random, 16);
  for (let blade = 0; blade < 9; blade++)
    pen.line(
      random.between(-0.3, 0.3),
      0,
      random.between(-0.8, 0.8),
      random.between(0.5, 1.3),
      vary(green, random, 12),
      0.1,
      0.02,
    );
};

const ball: Thing = (pen, random) => {
  const colour = random.chance(0.5) ? vary(hex('#cc2a2a'), random) : hsl(random.between(0, 360), 0.6, 0.5);
  pen.fill(ellipse(0, 0, 0.75, 0.2), soft([10, 12, 18], 0.7));
  pen.ball(ellipse(0, 0.5, 0.52), colour, 0.55);
};

const pot: Thing = (pen, random) => {
  const clay = vary(hex('#b8653f'), random, 12);
  pen.fill(ellipse(0, 0, 0.8, 0.18), soft([10, 12, 18], 0.7));
  for (let leaf = 0; leaf < 8; leaf++)
    pen.line(0, 0.9, random.between(-0.8, 0.8), random.between(1.3, 2), vary(hex('#4f8a3f'), random, 14), 0.2, 0.04);
  pen.solid(polygon([-0.38, 0], [-0.52, 0.95], [0.52, 0.95], [0.38, 0]), clay);
  pen.solid(polygon([-0.58, 0.8], [-0.58, 1.02], [0.58, 1.02], [0.58, 0.8]), lighter(clay, 0.1));
};

const wateringCan: Thing = (pen, random) => {
  const metal = varyOne(random, 10, '#8f9aa0', '#3f7a54', '#b83a34');
  pen.fill(ellipse(0, 0, 1, 0.2), soft([10, 12, 18], 0.7));
  pen.line(0.4, 0.35, 1.15, 1.05, metal, 0.16, 0.12);
  pen.solid(polygon([1.0, 1.12], [1.24, 0.88], [1.34, 1.1], [1.2, 1.24]), darker(metal, 0.2));
  for (let part = 0; part < 5; part++) {
    const [from, to] = [(part / 5) * Math.PI, ((part + 1) / 5) * Math.PI];
    pen.line(
      Math.cos(from) * 0.4,
      0.95 + Math.sin(from) * 0.4,
      Math.cos(to) * 0.4,
      0.95 + Math.sin(to) * 0.4,
      darker(metal, 0.2),
      0.09,
    );
  }
  pen.solid(polygon([-0.5, 0], [-0.45, 1], [0.45, 1], [0.5, 0]), metal);
};

const THINGS: readonly Thing[] = [flower, flower, stone, stone, tuft, tuft, ball, pot, wateringCan];

function grass(pen: Pen, random: Random, foot: number, wide: number) {
  const green = vary(hex('#5b8a3a'), random, 16);
  const [high, dense] = [random.between(0.05, 0.2), random.integer(15, 75)];
  for (let blade = 0; blade < dense * wide; blade++) {
    const [x, y] = [random.between(-0.05, wide + 0.05), foot + random.between(0.01, 0.08)];
    const lean = random.bell() * 0.035;
    pen.line(x, y, x + lean, y - high * random.between(0.5, 1), vary(green, random, 14), 0.016, 0.003);
  }
}

function pickets(pen: Pen, random: Random, highest: number, wide: number) {
  const paint = varyOne(random, 8, '#efece4', '#7d6044');
  const [top, step] = [Math.max(highest, random.between(0.6, 0.85)), random.between(0.2, 0.32)];
  pen.line(0, top + 0.09, wide, top + 0.09, darker(paint, 0.2), 0.035);
  for (let x = random.between(0, step); x < wide + step; x += step)
    pen.solid(
      polygon([x - 0.035, 1.05], [x - 0.035, top], [x, top - 0.045], [x + 0.035, top], [x + 0.035, 1.05]),
      paint,
      0.3,
    );
}

/** Leaves of a twig close to the lens: big, dark, half transparent where they are out of focus. */
function leaves(pen: Pen, random: Random, wide: number) {
  const green = vary(hex('#2f5a2a'), random, 14);
  const [cornerX, cornerY] = [random.chance(0.5) ? 0 : wide, random.chance(0.6) ? 0 : 1];
  for (let leaf = 0; leaf < random.integer(4, 10); leaf++) {
    const [x, y] = [cornerX + random.bell() * 0.17, cornerY + random.bell() * 0.17];
    pen.fill(
      ellipse(x, y, random.between(0.07, 0.13), 0.04, random.between(0, Math.PI)),
      glaze(vary(green, random, 8), 0.9),
    );
  }
}
