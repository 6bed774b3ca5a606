/** Rows of numbers, a byte each: value = (byte - 128) * scale of the row. */
export interface QuantizedRows {
  readonly count: number;
  readonly width: number;
  readonly bytes: Uint8Array;
  readonly scales: Float32Array;
}

/** The byte that stands for 0. */
export const ZERO_POINT = 128;

/** On each side of 0. */
const STEPS = 127;

/** Rounds each row to 255 steps, symmetrical around 0. */
export function quantizeRows(rows: Float32Array, width: number): QuantizedRows {
  const count = rows.length / width;
  const bytes = new Uint8Array(rows.length);
  const scales = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    const values = rows.subarray(row * width, (row + 1) * width);
    let most = 0;
    for (const value of values) most = Math.max(most, Math.abs(value));
    const scale = Math.fround(most / STEPS) || 1;
    scales[row] = scale;
    for (const [i, value] of values.entries()) {
      // Of the least numbers that float32 has, the scale is rounded so far that steps would leave the byte.
      const steps = Math.max(-STEPS, Math.min(STEPS, Math.round(value / scale)));
      bytes[row * width + i] = steps + ZERO_POINT;
    }
  }
  return { count, width, bytes, scales };
}

export function dequantizeRows({ count, width, bytes, scales }: QuantizedRows): Float32Array {
  const rows = new Float32Array(count * width);
  for (let i = 0; i < rows.length; i++)
    rows[i] = ((bytes[i] as number) - ZERO_POINT) * (scales[Math.floor(i / width)] as number);
  return rows;
}

export function joinRows(all: readonly QuantizedRows[]): QuantizedRows {
  const [first] = all;
  const count = all.reduce((sum, one) => sum + one.count, 0);
  const width = first?.width ?? 0;
  const joined = { count, width, bytes: new Uint8Array(count * width), scales: new Float32Array(count) };
  let row = 0;
  for (const one of all) {
    joined.bytes.set(one.bytes, row * width);
    joined.scales.set(one.scales, row);
    row += one.count;
  }
  return joined;
}
