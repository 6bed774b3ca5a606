import type { Heatmap } from './grid.ts';

/** The four parts around a place of a picture, and the share of each. */
interface Taps {
  readonly parts: Int32Array;
  readonly shares: Float32Array;
}

/**
 * A map over a whole picture, smooth from part to part, 0 at the low and 255 at the high end of its scale: Catmull and Rom's
 * cubic, each part's centre where it was. sharp takes 1.5 ms for that, mostly for setting out.
 */
export function spread({ values, scale: { low, high } }: Heatmap, width: number, height: number): Float32Array {
  const columns = (values[0] as number[]).length;
  const range = high - low;
  const share = (value: number) => (range > 0 ? 255 * Math.min(1, Math.max(0, (value - low) / range)) : 0);
  const across = tapsOf(columns, width);
  const wide = new Float32Array(values.length * width);
  for (const [row, parts] of values.entries()) blend(Float32Array.from(parts, share), across, wide, row * width);
  return down(wide, values.length, width, tapsOf(values.length, height), height);
}

function tapsOf(parts: number, places: number): Taps {
  const taps = { parts: new Int32Array(places * 4), shares: new Float32Array(places * 4) };
  for (let place = 0; place < places; place++) {
    const centre = ((place + 0.5) * parts) / places - 0.5;
    const first = Math.floor(centre);
    const t = centre - first;
    const shares = [
      ((2 - t) * t - 1) * t * 0.5,
      ((3 * t - 5) * t * t + 2) * 0.5,
      ((4 - 3 * t) * t + 1) * t * 0.5,
      (t - 1) * t * t * 0.5,
    ];
    for (const [i, share] of shares.entries()) {
      taps.parts[place * 4 + i] = Math.min(parts - 1, Math.max(0, first - 1 + i));
      taps.shares[place * 4 + i] = share;
    }
  }
  return taps;
}

function blend(row: Float32Array, { parts, shares }: Taps, into: Float32Array, from: number): void {
  for (let x = 0; x * 4 < parts.length; x++) {
    let sum = 0;
    for (let i = x * 4; i < x * 4 + 4; i++) sum += (row[parts[i] as number] as number) * (shares[i] as number);
    into[from + x] = sum;
  }
}

function down(wide: Float32Array, rows: number, width: number, taps: Taps, height: number): Float32Array {
  const lines = Array.from({ length: rows }, (_, row) => wide.subarray(row * width, (row + 1) * width));
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => lines[taps.parts[y * 4 + i] as number]) as [Line, Line, Line, Line];
    const [p, q, r, s] = taps.shares.subarray(y * 4, y * 4 + 4) as unknown as [number, number, number, number];
    const from = y * width;
    for (let x = 0; x < width; x++) {
      result[from + x] = p * (a[x] as number) + q * (b[x] as number) + r * (c[x] as number) + s * (d[x] as number);
    }
  }
  return result;
}

type Line = Float32Array;
