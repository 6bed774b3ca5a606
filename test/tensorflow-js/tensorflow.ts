import * as core from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';

// Without this the cpu engine prints a banner about tfjs-node on its first tensor.
core.enableProdMode();

export { core, layers };

/** Runs `work` on TensorFlow.js's plain cpu engine, whichever was active, and gives that one its place back. */
export async function onCpu<T>(work: () => Promise<T>): Promise<T> {
  const before = core.getBackend();
  await core.setBackend('cpu');
  try {
    return await work();
  } finally {
    if (before && before !== 'cpu') await core.setBackend(before);
  }
}
