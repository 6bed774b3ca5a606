import type { TensorData } from '@freezeframe/inference';

/**
 * How far the mean over all parts of a map is from the logits, in double precision: beside a bias, which is the same for
 * every row. Divided by the largest logit where that is above 1.
 * @param map [rows, ..., channels] @param kernel [channels, labels]; none where channels are labels
 * @param logits of one row after the other: one for each label, or one for two of them, which is the second's
 */
export function sumDifference(map: TensorData, kernel: TensorData | undefined, logits: TensorData): number {
  const rows = map.shape[0] as number;
  const labels = (kernel ?? map).shape.at(-1) as number;
  const width = logits.data.length / rows;
  const biases = Array.from({ length: rows }, (_, row) => {
    const sums = kernel ? products(meanOf(map, row), kernel) : meanOf(map, row);
    return Float64Array.from(sums.subarray(labels - width), (sum, i) => Number(logits.data[row * width + i]) - sum);
  });
  const largest = Array.from(logits.data as Float32Array, Math.abs).reduce((a, b) => Math.max(a, b), 1);
  const [first] = biases as [Float64Array];
  const apart = biases.flatMap((bias) => Array.from(bias, (value, i) => Math.abs(value - (first[i] as number))));
  return apart.reduce((worst, one) => (one > worst || Number.isNaN(one) ? one : worst), 0) / largest;
}

function meanOf({ shape, data }: TensorData, row: number): Float64Array {
  const [, height = 1, width = 1, channels = 1] = shape;
  const places = height * width;
  const sums = new Float64Array(channels);
  for (let i = 0; i < places * channels; i++) {
    const at = i % channels;
    sums[at] = (sums[at] as number) + Number(data[row * places * channels + i]) / places;
  }
  return sums;
}

function products(features: Float64Array, { shape, data }: TensorData): Float64Array {
  const labels = shape[1] as number;
  const sums = new Float64Array(labels);
  for (const [i, feature] of features.entries()) {
    for (let label = 0; label < labels; label++) {
      sums[label] = (sums[label] as number) + feature * Number(data[i * labels + label]);
    }
  }
  return sums;
}
