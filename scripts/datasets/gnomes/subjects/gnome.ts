import type { Random } from '#system';
import { type Colour, darker, hex, hsl, lighter, mix, vary, varyOne } from '../colour.ts';
import type { Pen } from '../pen.ts';
import { box, ellipse, limb, mirrored, polygon, smooth } from '../shapes.ts';
import type { Subject } from './subject.ts';

/** The garden gnome: tall pointed hat, beard, big nose, round body, short legs. Painted plaster or knitted "Nordic". */
export const gnome: Subject = {
  name: 'gnome',
  width: 0.55,
  tall: 1,
  draw(pen, random) {
    const nordic = random.chance(0.35);
    const look = {
      hat: hatColour(random),
      coat: coatColour(random),
      beard: vary(random.pick(BEARDS), random, 9),
      skin: vary(random.pick(SKINS), random, 8),
      wide: random.between(0.88, 1.16),
      brim: random.between(0.5, 0.57),
      bend: random.between(-0.13, 0.13),
      long: random.between(0.14, 0.34),
    };
    if (nordic) drawNordic(pen, random, look);
    else drawClassic(pen, random, look);
  },
};

interface Look {
  hat: Colour;
  coat: Colour;
  beard: Colour;
  skin: Colour;
  wide: number;
  brim: number;
  bend: number;
  /** How far the beard hangs below the face. */
  long: number;
}

const BEARDS = [hex('#f4f1ea'), hex('#f4f1ea'), hex('#e3ddd2'), hex('#b9b4ad'), hex('#8a5a34'), hex('#c98545')];
const SKINS = [hex('#f2c3a0'), hex('#e8ad86'), hex('#f6d0b4'), hex('#b97e56'), hex('#8a5a3c')];

function hatColour(random: Random): Colour {
  // Two of three wear red: the colour helps, but neither proves a gnome nor rules one out.
  if (random.chance(0.62)) return vary(hex('#c9252b'), random, 14);
  return hsl(random.between(0, 360), random.between(0.35, 0.75), random.between(0.3, 0.5));
}

function coatColour(random: Random): Colour {
  const cloth = [hex('#2f5da8'), hex('#3d7a3f'), hex('#7a4a2b'), hex('#8c2f39'), hex('#c79a2d'), hex('#6f6f78')];
  return vary(random.pick(cloth), random, 14);
}

function drawClassic(pen: Pen, random: Random, look: Look) {
  const { coat, skin, wide } = look;
  const boot = vary(hex('#4a3120'), random, 10);
  const trousers = varyOne(random, 8, '#3b3f52', '#6b5334', '#4d5a3a');
  for (const foot of [-1, 1]) {
    pen.solid(limb(foot * 0.085 * wide, 0.22, foot * 0.1 * wide, 0.07, 0.14), trousers);
    pen.ball(
      smooth([foot * 0.02, 0], [foot * 0.02, 0.08], [foot * 0.12, 0.11], [foot * 0.23, 0.05], [foot * 0.22, 0]),
      boot,
    );
  }
  pen.solid(smooth(...mirrored([-0.13 * wide, 0.46], [-0.2 * wide, 0.3], [-0.21 * wide, 0.15], [0, 0.12])), coat);
  const belt = random.between(0.2, 0.24);
  pen.solid(
    polygon([-0.205 * wide, belt], [0.205 * wide, belt], [0.2 * wide, belt + 0.045], [-0.2 * wide, belt + 0.045]),
    hex('#2c211a'),
    0.3,
  );
  pen.fill(box(-0.035, belt - 0.006, 0.035, belt + 0.052), hex('#e0b84a'));
  drawArms(pen, random, look);
  pen.ball(ellipse(0, 0.515, 0.128 * wide, 0.105), skin);
  for (const side of [-1, 1]) pen.ball(ellipse(side * 0.13 * wide, 0.49, 0.03, 0.04), skin);
  drawBeard(pen, random, look, 0.475);
  for (const side of [-1, 1]) {
    pen.fill(ellipse(side * 0.048, 0.528, 0.021, 0.023), hex('#fdfbf6'));
    pen.fill(ellipse(side * 0.046, 0.526, 0.013, 0.015), hex('#20242e'));
    pen.fill(ellipse(side * 0.082, 0.494, 0.026, 0.019), mix(skin, [226, 96, 88], 0.5));
    pen.line(side * 0.025, 0.558, side * 0.078, 0.556, darker(look.beard, 0.08), 0.017, 0.01);
    pen.solid(
      smooth([0, 0.468], [side * 0.05, 0.474], [side * 0.11, 0.448], [side * 0.06, 0.436], [0, 0.45]),
      lighter(look.beard, 0.25),
      0.3,
    );
  }
  pen.ball(ellipse(0, 0.492, random.between(0.027, 0.04), 0.032), mix(skin, [230, 110, 90], 0.35), 0.4);
  drawHat(pen, random, look, 0.588, 0.16 * wide);
}

function drawNordic(pen: Pen, random: Random, look: Look) {
  const { wide } = look;
  const brim = look.brim - 0.06;
  pen.solid(smooth(...mirrored([-0.15 * wide, 0.48], [-0.23 * wide, 0.22], [-0.23 * wide, 0.05], [0, 0])), look.coat);
  for (const side of [-1, 1]) {
    pen.ball(ellipse(side * 0.11, 0.03, 0.085, 0.045), darker(look.hat, 0.25));
    if (random.chance(0.75)) pen.ball(ellipse(side * 0.215 * wide, 0.2, 0.05, 0.06), darker(look.hat, 0.1));
  }
  drawBeard(pen, random, { ...look, long: look.long + 0.12, wide: wide * 1.18 }, brim - 0.01);
  pen.ball(ellipse(0, brim - 0.02, random.between(0.045, 0.07), 0.05), look.skin, 0.4);
  drawHat(pen, random, look, brim, 0.2 * wide);
}

function drawBeard(pen: Pen, random: Random, { beard, wide, long }: Look, top: number) {
  const [half, tip] = [0.125 * wide, top - long];
  const drift = random.between(-0.03, 0.03);
  pen.solid(
    smooth(
      [-half, top + 0.03],
      [-half * 1.12, top - long * 0.3],
      [-half * 0.62, top - long * 0.75],
      [drift, tip],
      [half * 0.62, top - long * 0.75],
      [half * 1.12, top - long * 0.3],
      [half, top + 0.03],
      [0, top - 0.01],
    ),
    beard,
    0.25,
  );
  for (let strand = 0; strand < 7; strand++) {
    const x = (strand / 6 - 0.5) * 1.6;
    const end = 1 - Math.abs(x) * 0.62;
    pen.line(x * half, top - 0.03, x * half * 0.55 + drift, top - long * end * 0.9, darker(beard, 0.2), 0.004, 0.009);
  }
}

function drawArms(pen: Pen, random: Random, { coat, skin, wide }: Look) {
  const prop = random.pick(['none', 'none', 'lantern', 'spade', 'rod', 'flower'] as const);
  for (const side of [-1, 1]) {
    const raised = side === 1 && prop !== 'none';
    const [handX, handY] = raised ? [0.29 * wide, 0.33] : [side * random.between(0.12, 0.27), random.between(0.2, 0.3)];
    if (raised) drawProp(pen, random, prop, handX, handY);
    pen.solid(limb(side * 0.15 * wide, 0.4, handX, handY, 0.115, 0.085), darker(coat, 0.12));
    pen.ball(ellipse(handX, handY - 0.02, 0.043), skin);
  }
}

function drawProp(pen: Pen, random: Random, prop: 'lantern' | 'spade' | 'rod' | 'flower', x: number, y: number) {
  const wood = vary(hex('#8a6238'), random, 10);
  if (prop === 'spade') {
    pen.line(x, y + 0.28, x, 0.1, wood, 0.026);
    pen.line(x - 0.05, y + 0.28, x + 0.05, y + 0.28, wood, 0.026);
    pen.solid(
      smooth([x - 0.055, 0.15], [x + 0.055, 0.15], [x + 0.05, 0.04], [x, 0.0], [x - 0.05, 0.04]),
      hex('#9aa1a8'),
    );
  } else if (prop === 'rod') {
    pen.line(x - 0.05, y - 0.08, x + 0.26, y + 0.5, wood, 0.022, 0.01);
    pen.line(x + 0.26, y + 0.5, x + 0.28, y - 0.05, hex('#e8e8e8'), 0.006);
  } else if (prop === 'lantern') {
    pen.line(x, y, x, y - 0.06, hex('#3a3a3a'), 0.014);
    pen.solid(
      polygon([x - 0.05, y - 0.16], [x + 0.05, y - 0.16], [x + 0.04, y - 0.06], [x - 0.04, y - 0.06]),
      hex('#3a3a3a'),
    );
    pen.ball(ellipse(x, y - 0.112, 0.032, 0.036), hex('#ffd873'), 0.3);
  } else {
    pen.line(x, y - 0.05, x + 0.01, y + 0.14, hex('#3f7f35'), 0.016);
    const petal = hsl(random.between(0, 360), 0.75, 0.6);
    for (let turn = 0; turn < 5; turn++)
      pen.fill(
        ellipse(x + 0.01 + Math.cos(turn * 1.257) * 0.032, y + 0.16 + Math.sin(turn * 1.257) * 0.032, 0.024),
        petal,
      );
    pen.fill(ellipse(x + 0.01, y + 0.16, 0.018), hex('#f6d250'));
  }
}

function drawHat(pen: Pen, random: Random, { hat, bend }: Look, brim: number, half: number) {
  const [tipX, tipY] = [bend, random.between(0.94, 1)];
  const middle = (brim + tipY) / 2;
  pen.solid(
    smooth(
      [-half, brim + 0.005],
      [-half * 0.66 + bend * 0.12, middle - 0.04],
      [tipX - 0.022, tipY - 0.02],
      [tipX + 0.018, tipY],
      [tipX + 0.03, tipY - 0.035],
      [half * 0.66 + bend * 0.3, middle - 0.05],
      [half, brim + 0.005],
      [half * 0.5, brim - 0.032],
      [-half * 0.5, brim - 0.032],
    ),
    hat,
    0.5,
  );
  const trim = random.uniform();
  if (trim < 0.3) {
    pen.solid(
      smooth(
        ...mirrored([-half * 1.08, brim - 0.02], [0, brim - 0.05]),
        ...mirrored([half * 1.03, brim + 0.035], [0, brim + 0.012]),
      ),
      lighter(hat, 0.75),
      0.25,
    );
    if (trim < 0.15) pen.ball(ellipse(tipX, tipY - 0.01, 0.04), lighter(hat, 0.85), 0.25);
  } else if (trim < 0.55) {
    // Creases of felt
    for (const [from, to] of [
      [0.25, -0.35],
      [0.5, 0.4],
    ] as const) {
      const y = brim + (tipY - brim) * from;
      const reach = half * (1 - from);
      pen.line(
        bend * from - reach * 0.7 * Math.sign(to),
        y,
        bend * from + reach * to,
        y + 0.035,
        darker(hat, 0.35),
        0.008,
        0.014,
      );
    }
  }
}
