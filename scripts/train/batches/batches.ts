import { setImmediate } from 'node:timers/promises';
import { JobThread, stream } from '#system';
import { type AugmentJob, type AugmentOptions, type AugmentSetup, augments, type PictureSize } from './augment.ts';

/** Samples and their answers, each sample's numbers one after the other. */
export interface Samples {
  readonly count: number;
  /** Pixels, or numbers. */
  readonly x: Uint8Array | Float32Array;
  /** Class numbers, or `outputs` numbers per sample. */
  readonly y: Int32Array | Float32Array;
}

/** The training samples in a new order for each epoch. */
export interface BatchSource {
  /** The batches of one epoch, the last one as small as it is. The same epoch always gives the same batches. */
  epoch(epoch: number): AsyncIterable<Samples>;
  close(): Promise<void>;
}

export interface BatchOptions {
  readonly batchSize: number;
  readonly seed: number;
}

/** Part of the samples, without a copy. */
function range(samples: Samples, from: number, to: number): Samples {
  const { count, x, y } = samples;
  const [perX, perY] = [x.length / count, y.length / count];
  return { count: to - from, x: x.subarray(from * perX, to * perX), y: y.subarray(from * perY, to * perY) };
}

/** The samples in order, in batches. */
export function* inOrder(samples: Samples, batchSize: number): Generator<Samples> {
  for (let from = 0; from < samples.count; from += batchSize) {
    yield range(samples, from, Math.min(from + batchSize, samples.count));
  }
}

/** The order of the samples in one epoch. */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  return stream(seed, 'shuffle', epoch).permutation(count);
}

/** Copies the chosen samples. */
function gather(samples: Samples, chosen: Uint32Array): Samples {
  return { count: chosen.length, x: rows(samples.x, samples.count, chosen), y: rows(samples.y, samples.count, chosen) };
}

function rows<T extends Uint8Array | Int32Array | Float32Array>(source: T, count: number, chosen: Uint32Array): T {
  const size = source.length / count;
  const result = new (source.constructor as new (length: number) => T)(chosen.length * size);
  for (let i = 0; i < chosen.length; i++) {
    const from = (chosen[i] as number) * size;
    result.set(source.subarray(from, from + size), i * size);
  }
  return result;
}

/** Batches of the samples as they are. */
export function shuffledBatches(samples: Samples, { batchSize, seed }: BatchOptions): BatchSource {
  return {
    async *epoch(epoch) {
      const order = epochOrder(samples.count, seed, epoch);
      if (order.length === 0) return;
      const batchAt = (from: number) => gather(samples, order.subarray(from, from + batchSize));
      let ahead = Promise.resolve(batchAt(0));
      for (let next = batchSize; next < order.length; next += batchSize) {
        const batch = await ahead;
        // Put together when the step on this batch has begun, while other threads compute.
        ahead = setImmediate().then(() => batchAt(next));
        yield batch;
      }
      yield await ahead;
    },
    close: async () => {},
  };
}

/** How many batches are prepared ahead of the one that is trained on. */
const AHEAD = 3;

/** Batches of varied pictures, prepared by another thread while the previous steps run. */
export function augmentedBatches(
  samples: Samples,
  size: PictureSize,
  augment: AugmentOptions,
  { batchSize, seed }: BatchOptions,
): BatchSource {
  if (!augments(augment)) return shuffledBatches(samples, { batchSize, seed });
  const pixels = new SharedArrayBuffer(samples.x.length);
  new Uint8Array(pixels).set(samples.x);
  const setup: AugmentSetup = { pixels, size, options: augment, seed };
  const worker = new JobThread<AugmentJob, Uint8Array>(new URL('./augment-worker.ts', import.meta.url), setup);
  return {
    async *epoch(epoch) {
      const order = epochOrder(samples.count, seed, epoch);
      const parts = Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) =>
        order.slice(i * batchSize, (i + 1) * batchSize),
      );
      const asked = parts.slice(0, AHEAD).map((part) => worker.run({ epoch, chosen: part }));
      for (const [i, part] of parts.entries()) {
        const x = await (asked.shift() as Promise<Uint8Array>);
        const next = parts[i + AHEAD];
        if (next) asked.push(worker.run({ epoch, chosen: next }));
        yield { count: part.length, x, y: rows(samples.y, samples.count, part) };
      }
    },
    close: () => worker.close(),
  };
}
