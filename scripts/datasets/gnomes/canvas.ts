/** A picture while it is drawn: float RGB 0..255 (no rounding between layers), rows from the top. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Device coordinates, in pixels, x0 <= x1 and y0 <= y1. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Writes the colour and the alpha (0..1) of one pixel centre into `out`: red, green, blue, alpha. */
export type Shader = (x: number, y: number, out: Float32Array) => void;

export function createCanvas(width: number, height: number): Canvas {
  return { width, height, data: new Float32Array(width * height * 3) };
}

/** Runs a shader over every pixel. */
export function paintAll(canvas: Canvas, shader: Shader): void {
  const out = new Float32Array(4);
  for (let y = 0; y < canvas.height; y++)
    for (let x = 0; x < canvas.width; x++) {
      shader(x + 0.5, y + 0.5, out);
      blend(canvas, x, y, out, 1);
    }
}

/**
 * Fills one closed polygon with exact antialiasing: every edge leaves its signed area in the cells it crosses, and the
 * running sum along a row is the coverage.
 * @param points x, y, x, y, … in pixels; the last point joins the first.
 */
export function fillPolygon(canvas: Canvas, points: readonly number[], shader: Shader): void {
  const box = bounds(points);
  const left = Math.max(0, Math.floor(box.x0));
  const right = Math.min(canvas.width, Math.ceil(box.x1));
  const top = Math.max(0, Math.floor(box.y0));
  const bottom = Math.min(canvas.height, Math.ceil(box.y1));
  if (left >= right || top >= bottom) return;
  // Two spare cells a row: an edge on the right border writes into its cell and the next.
  const stride = right - left + 2;
  const area = scratch(stride * (bottom - top));
  for (let index = 0; index < points.length; index += 2) {
    const next = (index + 2) % points.length;
    addEdge(
      area,
      stride,
      bottom - top,
      (points[index] as number) - left,
      (points[index + 1] as number) - top,
      (points[next] as number) - left,
      (points[next + 1] as number) - top,
    );
  }
  const out = OUT;
  for (let y = top; y < bottom; y++) {
    let sum = 0;
    let cell = (y - top) * stride;
    for (let x = left; x < right; x++) {
      sum += area[cell++] as number;
      const coverage = Math.min(1, Math.abs(sum));
      if (coverage < 0.004) continue;
      shader(x + 0.5, y + 0.5, out);
      blend(canvas, x, y, out, coverage);
    }
  }
}

// One drawing fills some 300 outlines: memory of their own for each cost a third of the time in garbage collection.
const OUT = new Float32Array(4);
let spare = new Float32Array(1 << 15);

function scratch(length: number): Float32Array {
  if (spare.length < length) spare = new Float32Array(length * 2);
  return spare.fill(0, 0, length);
}

export function bounds(points: readonly number[]): Box {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let index = 0; index < points.length; index += 2) {
    const x = points[index] as number;
    const y = points[index + 1] as number;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return { x0, y0, x1, y1 };
}

function addEdge(area: Float32Array, stride: number, rows: number, xa: number, ya: number, xb: number, yb: number) {
  // Nearly level: it covers nothing, and its slope may be beyond any number.
  if (Math.abs(ya - yb) < 1e-9) return;
  const sign = ya < yb ? 1 : -1;
  const [x0, y0, x1, y1] = ya < yb ? [xa, ya, xb, yb] : [xb, yb, xa, ya];
  const slope = (x1 - x0) / (y1 - y0);
  const last = Math.min(rows, Math.ceil(y1));
  for (let row = Math.max(0, Math.floor(y0)); row < last; row++) {
    const from = Math.max(row, y0);
    const to = Math.min(row + 1, y1);
    if (to <= from) continue;
    addRow(area, row * stride, stride - 2, x0 + (from - y0) * slope, x0 + (to - y0) * slope, sign * (to - from));
  }
}

/** One edge inside one row, from x = a to x = b, covering `height` (signed) of the row. */
function addRow(area: Float32Array, start: number, width: number, a: number, b: number, height: number) {
  const [low, high] = a < b ? [a, b] : [b, a];
  const run = high - low;
  if (low >= width) return;
  // What lies left of the window counts as standing on its border; what lies right of it covers nothing inside.
  if (high <= 0) area[start] = (area[start] as number) + height;
  else if (run < 1e-9) addCell(area, start, Math.max(0, low), Math.max(0, low), height);
  else {
    if (low < 0) area[start] = (area[start] as number) + (height * -low) / run;
    const end = Math.min(width, high);
    for (let cell = Math.max(0, Math.floor(low)); cell < end; cell++) {
      const from = Math.max(cell, low);
      const to = Math.min(cell + 1, end);
      addCell(area, start, from, to, (height * (to - from)) / run);
    }
  }
}

function addCell(area: Float32Array, start: number, from: number, to: number, height: number) {
  const cell = Math.floor(from);
  const beyond = height * ((from + to) / 2 - cell);
  area[start + cell] = (area[start + cell] as number) + height - beyond;
  area[start + cell + 1] = (area[start + cell + 1] as number) + beyond;
}

function blend(canvas: Canvas, x: number, y: number, out: Float32Array, coverage: number) {
  const at = (y * canvas.width + x) * 3;
  const alpha = coverage * (out[3] as number);
  const { data } = canvas;
  for (let channel = 0; channel < 3; channel++) {
    const old = data[at + channel] as number;
    data[at + channel] = old + ((out[channel] as number) - old) * alpha;
  }
}
