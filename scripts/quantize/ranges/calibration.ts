import type { TensorData } from '@freezeframe/inference';
import { Histogram } from './histogram.ts';

/** What is noted of the float graph's values while pictures go through it, the same number of bytes for any number of them. */
export class Calibration {
  readonly #histograms = new Map<string, Histogram>();
  readonly #sums = new Map<string, { readonly sum: Float64Array; count: number }>();

  /** @param values all values of one run; @param channels values [batch, channels, ...] whose channels' means are wanted */
  add(values: Readonly<Record<string, TensorData>>, roots: Iterable<string>, channels: Iterable<string>): void {
    for (const name of roots) this.#histogram(name).add((values[name] as TensorData).data as Float32Array);
    for (const name of channels) this.#addMeans(name, values[name] as TensorData);
  }

  merge(other: Calibration): void {
    for (const [name, histogram] of other.#histograms) this.#histogram(name).merge(histogram);
    for (const [name, { sum, count }] of other.#sums) {
      const own = this.#sumOf(name, sum.length);
      for (const [i, value] of sum.entries()) own.sum[i] = (own.sum[i] as number) + value;
      own.count += count;
    }
  }

  histogram(name: string): Histogram {
    return this.#histogram(name);
  }

  /** The mean of each channel. */
  means(name: string): Float64Array {
    const { sum, count } = this.#sums.get(name) as { sum: Float64Array; count: number };
    return sum.map((value) => value / count);
  }

  #histogram(name: string): Histogram {
    const known = this.#histograms.get(name);
    if (known) return known;
    const made = new Histogram();
    this.#histograms.set(name, made);
    return made;
  }

  #sumOf(name: string, channels: number) {
    const known = this.#sums.get(name);
    if (known) return known;
    const made = { sum: new Float64Array(channels), count: 0 };
    this.#sums.set(name, made);
    return made;
  }

  #addMeans(name: string, { shape, data }: TensorData): void {
    const channels = shape[1] as number;
    const inner = shape.slice(2).reduce((size, one) => size * one, 1);
    const own = this.#sumOf(name, channels);
    const values = data as Float32Array;
    const outer = values.length / channels / inner;
    for (let o = 0; o < outer; o++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        const first = (o * channels + c) * inner;
        for (let i = first; i < first + inner; i++) sum += values[i] as number;
        own.sum[c] = (own.sum[c] as number) + sum;
      }
    own.count += outer * inner;
  }
}
