import type { Random } from '#system';
import { type Colour, darker, hex, hsl, lighter, mix, vary, varyOne } from '../colour.ts';
import { fade, type Pen } from '../pen.ts';
import { box, ellipse, limb, polygon, smooth } from '../shapes.ts';

/** What stands behind the garden, between the sky and the ground. `wide` is the picture's width over its height. */
type Backdrop = (pen: Pen, random: Random, horizon: number, wide: number) => void;

/** Sky, then one of hedge, trees, picket fence, boards, brick wall, shed. */
export function drawBackdrop(pen: Pen, random: Random, horizon: number, wide: number): void {
  const skies: readonly (readonly [Colour, Colour])[] = [
    [hex('#7fb2e6'), hex('#dcebf5')],
    [hex('#a9bccb'), hex('#e4e8ea')],
    [hex('#f0b58a'), hex('#f7e3c4')],
    [hex('#5d8fd0'), hex('#bcd8ee')],
  ];
  const [top, bottom] = random.pick(skies);
  pen.fill(box(0, 0, wide, horizon + 0.02), fade(top, bottom));
  if (horizon > 0.02) random.pick(BACKDROPS)(pen, random, horizon, wide);
}

const hedge: Backdrop = (pen, random, horizon, wide) => {
  const leaf = vary(hex('#35632f'), random, 14);
  const high = random.between(0.18, 0.6);
  pen.fill(box(0, horizon - high, wide, horizon + 0.02), fade(leaf, darker(leaf, 0.5)));
  for (let tuft = 0; tuft < 150 * wide; tuft++) {
    const y = horizon - high * (1 - random.uniform() ** 1.3) - random.between(0, 0.02);
    const colour = random.chance(0.5)
      ? darker(leaf, random.between(0.05, 0.4))
      : lighter(leaf, random.between(0, 0.22));
    pen.fill(
      ellipse(
        random.between(0, wide),
        y,
        random.between(0.015, 0.035),
        random.between(0.01, 0.024),
        random.between(0, 3),
      ),
      colour,
    );
  }
};

const trees: Backdrop = (pen, random, horizon, wide) => {
  for (let tree = 0; tree < 5 * wide; tree++) {
    const leaf = mix(
      vary(hsl(random.between(75, 135), 0.35, random.between(0.24, 0.42)), random),
      [170, 195, 215],
      0.2,
    );
    const [x, size] = [random.between(-0.1, wide + 0.1), random.between(0.12, 0.3)];
    pen.line(x, horizon - size, x, horizon + 0.01, hex('#5a4632'), 0.03);
    for (let crown = 0; crown < 7; crown++)
      pen.ball(
        ellipse(x + random.bell() * size * 0.32, horizon - size * random.between(0.7, 1.4), size * 0.42, size * 0.36),
        vary(leaf, random, 7),
        0.35,
      );
  }
};

const fence: Backdrop = (pen, random, horizon, wide) => {
  hedge(pen, random, horizon, wide);
  const paint = varyOne(random, 8, '#f1eee6', '#8a6a48', '#b9c4c8');
  const [high, step] = [random.between(0.2, 0.38), random.between(0.07, 0.11)];
  for (const rail of [0.3, 0.75])
    pen.line(0, horizon - high * rail, wide, horizon - high * rail, darker(paint, 0.15), 0.03);
  for (let x = random.between(0, step); x < wide + step; x += step) {
    const [half, top] = [step * 0.34, horizon - high];
    pen.solid(
      polygon(
        [x - half, horizon + 0.01],
        [x - half, top],
        [x, top - 0.04],
        [x + half, top],
        [x + half, horizon + 0.01],
      ),
      paint,
      0.25,
    );
  }
};

const boards: Backdrop = (pen, random, horizon, wide) => {
  const wood = varyOne(random, 10, '#7d5a3a', '#9a8f83', '#5d4a3c', '#7c8a6b');
  const step = random.between(0.08, 0.14);
  for (let x = -random.between(0, step); x < wide; x += step) {
    const board = vary(wood, random, 7);
    pen.fill(box(x, -0.01, x + step, horizon + 0.01), fade(lighter(board, 0.06), darker(board, 0.18)));
    pen.line(x, 0, x, horizon, darker(wood, 0.55), 0.007);
    for (let grain = 0; grain < 3; grain++) {
      const at = x + random.between(0.1, 0.9) * step;
      pen.line(at, random.between(-0.1, 0.2), at, random.between(0.2, 1) * horizon, darker(board, 0.16), 0.004);
    }
  }
};

const bricks: Backdrop = (pen, random, horizon, wide) => {
  const brick = varyOne(random, 10, '#9a4f3a', '#b98a68', '#8d8680');
  pen.fill(box(0, 0, wide, horizon + 0.01), mix(brick, [205, 200, 190], 0.6));
  const [high, long] = [0.048, 0.125];
  for (let row = 0; row * high < horizon + high; row++)
    for (let x = row % 2 ? -long / 2 : 0; x < wide; x += long) {
      const y = horizon - (row + 1) * high;
      pen.fill(box(x + 0.005, y + 0.005, x + long - 0.005, y + high - 0.003), vary(brick, random, 9));
    }
};

const shed: Backdrop = (pen, random, horizon, wide) => {
  trees(pen, random, horizon, wide);
  const wood = varyOne(random, 10, '#8c4a36', '#6f7f86', '#a98a62');
  const [x, half, high] = [random.between(0.2, wide - 0.2), random.between(0.2, 0.32), random.between(0.3, 0.42)];
  pen.solid(box(x - half, horizon - high * 0.65, x + half, horizon + 0.01), wood, 0.25);
  for (let board = 1; board < 8; board++) {
    const y = horizon - high * 0.65 * (board / 8);
    pen.line(x - half, y, x + half, y, darker(wood, 0.3), 0.005);
  }
  const roof = varyOne(random, 10, '#a23b30', '#4a4a50', '#6b5540');
  pen.solid(
    polygon(
      [x - half - 0.04, horizon - high * 0.63],
      [x - half * 0.75, horizon - high],
      [x + half * 0.75, horizon - high],
      [x + half + 0.04, horizon - high * 0.63],
    ),
    roof,
  );
  pen.fill(box(x - 0.05, horizon - high * 0.5, x + 0.06, horizon), darker(wood, 0.45));
};

const bushes: Backdrop = (pen, random, horizon, wide) => {
  trees(pen, random, horizon, wide);
  for (let bush = 0; bush < 6 * wide; bush++) {
    const leaf = vary(hex('#4a7a3a'), random, 16);
    const [x, size] = [random.between(0, wide), random.between(0.08, 0.18)];
    pen.ball(
      smooth(
        [x - size, horizon + 0.02],
        [x - size * 0.8, horizon - size * 0.6],
        [x, horizon - size],
        [x + size * 0.8, horizon - size * 0.6],
        [x + size, horizon + 0.02],
      ),
      leaf,
    );
    const bloom = hsl(random.between(0, 360), 0.6, 0.65);
    for (let flower = 0; flower < 7; flower++)
      pen.fill(ellipse(x + random.bell() * size * 0.4, horizon - size * random.between(0.1, 0.85), 0.011), bloom);
    pen.fill(limb(x - size, horizon + 0.015, x + size, horizon + 0.015, 0.02), darker(leaf, 0.5));
  }
};

const BACKDROPS: readonly Backdrop[] = [hedge, trees, fence, boards, bricks, shed, bushes];
