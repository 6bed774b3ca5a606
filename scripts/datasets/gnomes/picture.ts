import { namedStream, type Random } from '#system';
import { type Canvas, createCanvas, paintAll } from './canvas.ts';
import { createPen, type Pen } from './pen.ts';
import { drawBackdrop } from './scenes/backdrop.ts';
import { drawClutter, drawForeground, drawShadow } from './scenes/clutter.ts';
import { drawGround } from './scenes/ground.ts';
import { gnome } from './subjects/gnome.ts';
import { DECOYS } from './subjects/index.ts';
import type { Subject } from './subjects/subject.ts';

export const LABELS = ['garden-gnome', 'not-a-garden-gnome'] as const;
export type Label = (typeof LABELS)[number];

/** Raise it when the same scene is drawn differently: sets on disk that an older recipe drew are drawn anew. */
export const RECIPE = 1;

/** The share of "not-a-garden-gnome" pictures in which nothing stands at all. */
const EMPTY = 0.1;

interface Placed {
  subject: Subject;
  x: number;
  foot: number;
  height: number;
}

/**
 * Draws one garden. The scene's name is its seed: the same name, label and size give the same picture, bit for bit.
 * Backdrop, ground, light, clutter and foreground are drawn alike for both labels; only who stands there differs.
 */
export function drawPicture(scene: string, label: Label, width: number, height: number): Canvas {
  const random = namedStream(`${RECIPE}/${scene}/${label}`);
  const canvas = createCanvas(width, height);
  const side = random.chance(0.5) ? -1 : 1;
  const pen = createPen(canvas, side);
  const wide = width / height;
  const horizon = random.between(-0.15, 0.58);
  const hardness = random.between(0.2, 1);
  drawBackdrop(pen, random, horizon, wide);
  const surface = drawGround(canvas, random, horizon);
  drawClutter(pen, random, horizon, wide);
  const cast = castOf(label, random, horizon, wide);
  const main = cast[0];
  // Whoever stands further down is nearer and hides the others.
  cast.sort((one, other) => one.foot - other.foot);
  for (const { subject, x, foot, height: tall } of cast) {
    drawShadow(pen, x, foot, subject.width * tall, side, hardness);
    subject.draw(pen.stand(x, foot, tall, random.bell() * 0.07, random.chance(0.5)), random);
    if (surface === 'lawn') tuckIn(pen, random, x, foot, subject.width * tall);
  }
  // At most the lower half of whoever the picture is about is hidden.
  const hidable = main ? main.foot - main.height * 0.45 : 0.6;
  drawForeground(pen, random, { foot: main?.foot ?? 0.9, top: hidable, wide, surface });
  light(canvas, random);
  return canvas;
}

/** Who stands where: one main subject in the frame, and up to two others, smaller or half out of it. */
function castOf(label: Label, random: Random, horizon: number, wide: number): Placed[] {
  const cast: Placed[] = [];
  if (label === 'garden-gnome' || !random.chance(EMPTY)) {
    const subject = label === 'garden-gnome' ? gnome : random.pick(DECOYS);
    const height = random.between(0.32, 0.86) * (subject.tall > 1.4 ? random.between(1, 1.7) : 1);
    // A tall subject that does not fit keeps its head in the picture: a person seen from the waist up.
    const foot = Math.max(random.between(Math.max(0.55, horizon + 0.08), 0.99), height * random.between(0.94, 1.06));
    cast.push({ subject, x: wide * 0.5 + random.bell() * 0.13 * wide, foot, height });
  }
  for (let others = random.pick([0, 0, 0, 1, 1, 2]); others > 0; others--) {
    const twin = label === 'garden-gnome' && random.chance(0.2);
    const subject = twin ? gnome : random.pick(DECOYS);
    const foot = random.between(Math.max(0.4, horizon + 0.05), 1);
    const height = subject.tall * (0.1 + 0.32 * Math.max(0, foot - horizon * 0.6)) * random.between(0.7, 1.1);
    const x = (random.chance(0.5) ? random.between(-0.05, 0.26) : random.between(0.74, 1.05)) * wide;
    // Never in front of the main subject's middle: a label must stay true.
    cast.push({ subject, x, foot: Math.min(foot, (cast[0]?.foot ?? 1) - 0.005), height });
  }
  return cast;
}

/** A few blades before the feet, so that things stand in the grass and not on it. */
function tuckIn(pen: Pen, random: Random, x: number, foot: number, width: number) {
  const green = [random.between(70, 110), random.between(125, 155), random.between(50, 75)] as const;
  for (let blade = 0; blade < 12; blade++) {
    const at = x + random.between(-0.6, 0.6) * width;
    const tall = random.between(0.015, 0.045);
    pen.line(at, foot + 0.015, at + random.bell() * 0.012, foot + 0.015 - tall, green, 0.006, 0.002);
  }
}

/** Time of day and camera: tint, exposure, contrast, darker corners. */
function light(canvas: Canvas, random: Random) {
  const warm = random.bell() * 0.06;
  const exposure = random.chance(0.15) ? random.between(0.55, 0.75) : random.between(0.82, 1.18);
  const contrast = random.between(0.75, 1.15);
  const corners = random.between(0, 0.35);
  const gains = [exposure * (1 + warm), exposure, exposure * (1 - warm)];
  const { width, height, data } = canvas;
  paintAll(canvas, (x, y, out) => {
    const at = (Math.floor(y) * width + Math.floor(x)) * 3;
    const far = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 2;
    for (let channel = 0; channel < 3; channel++)
      out[channel] =
        ((data[at + channel] as number) * (gains[channel] as number) - 118) * contrast + 118 * (1 - corners * far);
    out[3] = 1;
  });
}
