import { parentPort, workerData } from 'node:worker_threads';
import type { AugmentRequest, AugmentWorkerData } from './augment-worker-client.ts';
import { augmentBatch } from './batches.ts';

const { pixels, size, options, seed } = workerData as AugmentWorkerData;
const pictures = new Uint8Array(pixels);

parentPort?.on('message', ({ epoch, chosen }: AugmentRequest) => {
  const batch = augmentBatch(pictures, chosen, size, options, seed, epoch);
  parentPort?.postMessage(batch, [batch.buffer]);
});
