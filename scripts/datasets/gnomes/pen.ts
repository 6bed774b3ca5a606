import { type Box, bounds, type Canvas, fillPolygon, type Shader } from './canvas.ts';
import { type Colour, darker, lighter } from './colour.ts';
import { limb, type Outline } from './shapes.ts';

/** Makes the shader for one outline, whose box (in pixels) it is told. */
export type Paint = (box: Box) => Shader;

/** Draws outlines in the units of a subject: y up from the ground, 1 = the subject's own height. */
export interface Pen {
  fill(outline: Outline, paint: Paint | Colour): void;
  /** A line with round ends, straight, from `start` wide to `end` wide. */
  line(x0: number, y0: number, x1: number, y1: number, paint: Paint | Colour, start: number, end?: number): void;
  /** A form with volume: bright on the side of the light, dark on the other. */
  solid(outline: Outline, colour: Colour, depth?: number): void;
  /** A rounded form: a highlight towards the light, dark around the far edge. */
  ball(outline: Outline, colour: Colour, depth?: number): void;
  /** The same pen with its origin moved, turned (radians, anticlockwise) and scaled. */
  at(x: number, y: number, scale?: number, turn?: number): Pen;
  /** From the scene's units (y down) to a subject's (y up), standing at x, y. @param height in scene units. */
  stand(x: number, y: number, height: number, turn?: number, mirror?: boolean): Pen;
}

/** @param side where the light comes from: -1 left of the picture, 1 right of it. */
export function createPen(canvas: Canvas, side: number): Pen {
  // Scene units to pixels: the origin in the top left corner, 1 = the picture's height, y down.
  return penAt(canvas, side, [canvas.height, 0, 0, canvas.height, 0, 0]);
}

/** A paint that fades from its full alpha in the middle to nothing at the edge of the box: shadows, glows. */
export function soft(colour: Colour, alpha: number): Paint {
  return (box) => {
    const [cx, cy] = [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
    const [rx, ry] = [Math.max(0.5, (box.x1 - box.x0) / 2), Math.max(0.5, (box.y1 - box.y0) / 2)];
    return (x, y, out) => {
      const distance = Math.hypot((x - cx) / rx, (y - cy) / ry);
      out.set(colour);
      out[3] = alpha * Math.max(0, 1 - distance * distance) ** 1.2;
    };
  };
}

/** A flat paint one can see through. */
export function glaze(colour: Colour, alpha: number): Paint {
  return () => (_x, _y, out) => {
    out.set(colour);
    out[3] = alpha;
  };
}

/** From one colour at the top of the outline to another at its bottom. */
export function fade(top: Colour, bottom: Colour): Paint {
  return (box) => (_x, y, out) => {
    const share = Math.min(1, Math.max(0, (y - box.y0) / Math.max(1e-6, box.y1 - box.y0)));
    for (let channel = 0; channel < 3; channel++)
      out[channel] = (top[channel] as number) + ((bottom[channel] as number) - (top[channel] as number)) * share;
    out[3] = 1;
  };
}

type Matrix = readonly [number, number, number, number, number, number];

function penAt(canvas: Canvas, side: number, matrix: Matrix): Pen {
  const [a, b, c, d, e, f] = matrix;
  const fill: Pen['fill'] = (outline, paint) => {
    const points = new Array<number>(outline.length);
    for (let index = 0; index < outline.length; index += 2) {
      const x = outline[index] as number;
      const y = outline[index + 1] as number;
      points[index] = a * x + c * y + e;
      points[index + 1] = b * x + d * y + f;
    }
    fillPolygon(canvas, points, typeof paint === 'function' ? paint(bounds(points)) : glaze(paint, 1)(NO_BOX));
  };
  return {
    fill,
    line: (x0, y0, x1, y1, paint, start, end = start) => fill(limb(x0, y0, x1, y1, start, end), paint),
    solid: (outline, colour, depth = 0.42) => fill(outline, cylinder(colour, depth, side)),
    ball: (outline, colour, depth = 0.45) => fill(outline, sphere(colour, depth, side)),
    at(x, y, scale = 1, turn = 0) {
      const [sin, cos] = [Math.sin(turn) * scale, Math.cos(turn) * scale];
      return penAt(canvas, side, compose(matrix, [cos, sin, -sin, cos, x, y]));
    },
    stand(x, y, height, turn = 0, mirror = false) {
      const [sin, cos] = [Math.sin(turn) * height, Math.cos(turn) * height];
      const flip = mirror ? -1 : 1;
      return penAt(canvas, side, compose(matrix, [cos * flip, -sin * flip, -sin, -cos, x, y]));
    },
  };
}

function compose([a, b, c, d, e, f]: Matrix, [ta, tb, tc, td, te, tf]: Matrix): Matrix {
  return [a * ta + c * tb, b * ta + d * tb, a * tc + c * td, b * tc + d * td, a * te + c * tf + e, b * te + d * tf + f];
}

const NO_BOX: Box = { x0: 0, y0: 0, x1: 0, y1: 0 };

function cylinder(colour: Colour, depth: number, side: number): Paint {
  const [bright, dark] = [lighter(colour, depth * 0.35), darker(colour, depth)];
  return (box) => {
    const width = Math.max(1e-6, box.x1 - box.x0);
    const height = Math.max(1e-6, box.y1 - box.y0);
    return (x, y, out) => {
      const across = side < 0 ? (x - box.x0) / width : (box.x1 - x) / width;
      between(out, bright, colour, dark, Math.abs(across - 0.28) * 1.2 + ((y - box.y0) / height) * 0.22);
    };
  };
}

function sphere(colour: Colour, depth: number, side: number): Paint {
  const [bright, dark] = [lighter(colour, depth * 0.75), darker(colour, depth)];
  return (box) => {
    const [rx, ry] = [Math.max(0.3, (box.x1 - box.x0) / 2), Math.max(0.3, (box.y1 - box.y0) / 2)];
    const [lx, ly] = [(box.x0 + box.x1) / 2 + side * rx * 0.35, (box.y0 + box.y1) / 2 - ry * 0.4];
    return (x, y, out) => between(out, bright, colour, dark, Math.hypot((x - lx) / rx, (y - ly) / ry) * 0.62);
  };
}

/** Bright at 0, the colour itself at 0.4, dark at 1. */
function between(out: Float32Array, bright: Colour, colour: Colour, dark: Colour, where: number) {
  const t = Math.min(1, Math.max(0, where));
  const [from, to, share] = t < 0.4 ? [bright, colour, t / 0.4] : [colour, dark, (t - 0.4) / 0.6];
  for (let channel = 0; channel < 3; channel++)
    out[channel] = (from[channel] as number) + ((to[channel] as number) - (from[channel] as number)) * share;
  out[3] = 1;
}
