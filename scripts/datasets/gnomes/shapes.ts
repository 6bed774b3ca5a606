/** Outlines as flat lists x, y, x, y, … in the units of whoever draws. Each answers one closed polygon. */
export type Outline = number[];

export function polygon(...points: readonly (readonly [number, number])[]): Outline {
  return points.flat();
}

/** An upright rectangle between two corners. */
export function box(x0: number, y0: number, x1: number, y1: number): Outline {
  return [x0, y0, x1, y0, x1, y1, x0, y1];
}

/** Points of one side, the middle last where there is one, and the same points on the other side of x = 0. */
export function mirrored(...side: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return [...side, ...side.toReversed().flatMap(([x, y]) => (x === 0 ? [] : [[-x, y] as const]))];
}

/** @param turn radians, anticlockwise where y points up. */
export function ellipse(x: number, y: number, rx: number, ry = rx, turn = 0): Outline {
  const outline: Outline = [];
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  for (let step = 0; step < 28; step++) {
    const angle = (step / 28) * 2 * Math.PI;
    const [dx, dy] = [Math.cos(angle) * rx, Math.sin(angle) * ry];
    outline.push(x + dx * cos - dy * sin, y + dx * sin + dy * cos);
  }
  return outline;
}

/** A closed curve through all points (Catmull-Rom). */
export function smooth(...points: readonly (readonly [number, number])[]): Outline {
  const at = (index: number) => points[(index + points.length) % points.length] as readonly [number, number];
  const outline: Outline = [];
  for (let index = 0; index < points.length; index++) {
    const [p0, p1, p2, p3] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    for (let step = 0; step < 6; step++) {
      const t = step / 6;
      outline.push(spline(p0[0], p1[0], p2[0], p3[0], t), spline(p0[1], p1[1], p2[1], p3[1], t));
    }
  }
  return outline;
}

/** A limb, a stick, a blade: round at both ends, `start` and `end` wide there (diameters). */
export function limb(x0: number, y0: number, x1: number, y1: number, start: number, end = start): Outline {
  const outline: Outline = [];
  const along = Math.atan2(y1 - y0, x1 - x0);
  for (let step = 0; step <= 6; step++) {
    const angle = along + Math.PI / 2 + (step / 6) * Math.PI;
    outline.push(x0 + (Math.cos(angle) * start) / 2, y0 + (Math.sin(angle) * start) / 2);
  }
  for (let step = 0; step <= 6; step++) {
    const angle = along - Math.PI / 2 + (step / 6) * Math.PI;
    outline.push(x1 + (Math.cos(angle) * end) / 2, y1 + (Math.sin(angle) * end) / 2);
  }
  return outline;
}

function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
