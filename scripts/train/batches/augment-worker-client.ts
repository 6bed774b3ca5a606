import { startThread } from '#system';
import type { AugmentOptions, PictureSize } from './augment.ts';

export interface AugmentWorkerData {
  /** All pictures, shared: the thread reads, nobody writes. */
  readonly pixels: SharedArrayBuffer;
  readonly size: PictureSize;
  readonly options: AugmentOptions;
  readonly seed: number;
}

export interface AugmentRequest {
  readonly epoch: number;
  readonly chosen: Uint32Array;
}

export interface AugmentWorker {
  /** The chosen pictures, varied. Answers come in the order of the requests. */
  prepare(epoch: number, chosen: Uint32Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Starts the thread that varies pictures. It keeps the process alive until it is closed. */
export function startAugmentWorker(
  pixels: Uint8Array,
  size: PictureSize,
  options: AugmentOptions,
  seed: number,
): AugmentWorker {
  const shared = new SharedArrayBuffer(pixels.length);
  new Uint8Array(shared).set(pixels);
  const data: AugmentWorkerData = { pixels: shared, size, options, seed };
  const worker = startThread(new URL('./augment-worker.ts', import.meta.url), { ...data });
  const waiting: { resolve(pixels: Uint8Array): void; reject(error: unknown): void }[] = [];
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on('message', (answer: Uint8Array) => waiting.shift()?.resolve(answer));
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`the thread that varies pictures ended with code ${code}`)));
  return {
    prepare(epoch, chosen) {
      const answer = new Promise<Uint8Array>((resolve, reject) => {
        if (failure) reject(failure);
        else waiting.push({ resolve, reject });
      });
      // Whoever stops in the middle of an epoch never looks at the batches that were asked for ahead.
      answer.catch(() => {});
      worker.postMessage({ epoch, chosen } satisfies AugmentRequest);
      return answer;
    },
    async close() {
      await worker.terminate();
    },
  };
}
