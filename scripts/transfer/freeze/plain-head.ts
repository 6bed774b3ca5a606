import { dequantizeRows, type QuantizedRows } from '#quantize';
import type { Head } from '../head/logistic.ts';
import type { FullHead, MapShape } from './emit-head.ts';

// What the frozen head is held against: the same formulas in double precision, one after the other, without a graph.

/** softmax(features x weights + bias) of one row. */
export function plainProbabilities(
  { weights, bias, labels, width }: Head,
  features: Float32Array,
  row: number,
): Float64Array {
  const logits = Float64Array.from(bias);
  for (let i = 0; i < width; i++) {
    const x = features[row * width + i] as number;
    if (x === 0) continue;
    for (let label = 0; label < labels; label++)
      logits[label] = (logits[label] as number) + x * (weights[i * labels + label] as number);
  }
  const most = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Distance of each row to the nearest known row minus that to the nearest of the background. */
export function plainUnknown({ unknown, head: { width } }: FullHead): (features: Float32Array, row: number) => number {
  if (!unknown) throw new RangeError('The head knows no unknown');
  const [known, background] = [dequantizeRows(unknown.known), dequantizeRows(unknown.background)];
  const nearest = (rows: Float32Array, { count }: QuantizedRows, features: Float32Array, row: number) => {
    const x = features.subarray(row * width, (row + 1) * width);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) least = Math.min(least, squaredDistance(x, rows, i * width));
    return Math.sqrt(least);
  };
  return (features, row) =>
    nearest(known, unknown.known, features, row) - nearest(background, unknown.background, features, row);
}

/** In four sums: one alone waits for each addition. */
function squaredDistance(x: Float32Array, rows: Float32Array, at: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 3;
  for (; i < x.length; i += 4) {
    const first = (x[i - 3] as number) - (rows[at + i - 3] as number);
    const second = (x[i - 2] as number) - (rows[at + i - 2] as number);
    const third = (x[i - 1] as number) - (rows[at + i - 1] as number);
    const fourth = (x[i] as number) - (rows[at + i] as number);
    a += first * first;
    b += second * second;
    c += third * third;
    d += fourth * fourth;
  }
  for (i -= 3; i < x.length; i++) a += ((x[i] as number) - (rows[at + i] as number)) ** 2;
  return a + b + c + d;
}

/** The head's weights applied to each place of one picture's map: [rows, columns, labels]. */
export function plainHeatmap({ weights, width, labels }: Head, map: Float32Array, shape: MapShape): Float64Array {
  const places = shape.rows * shape.columns;
  const result = new Float64Array(places * labels);
  for (let place = 0; place < places; place++) {
    for (let i = 0; i < width; i++) {
      const value = map[shape.order === 'channels-last' ? place * width + i : i * places + place] as number;
      for (let label = 0; label < labels; label++) {
        const at = place * labels + label;
        result[at] = (result[at] as number) + value * (weights[i * labels + label] as number);
      }
    }
  }
  return result;
}
