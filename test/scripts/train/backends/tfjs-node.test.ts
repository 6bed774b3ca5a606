import { describe, expect, it } from 'vitest';
import { loadDataset, type PictureDataset } from '../../../../scripts/datasets/index.ts';
import { findArchitecture } from '../../../../scripts/train/architectures/index.ts';
import { openBackend } from '../../../../scripts/train/backends/index.ts';
import { tfjsNodeBackend } from '../../../../scripts/train/backends/tfjs-node.ts';
import type { Samples } from '../../../../scripts/train/batches/batches.ts';
import { train } from '../../../../scripts/train/train.ts';
import { backendContract } from './contract.ts';

const native = await tfjsNodeBackend().catch((error: Error) => error);
const missing = native instanceof Error ? native.message : undefined;

backendContract('tfjs-node', tfjsNodeBackend, missing);

describe.skipIf(missing !== undefined || !process.env.MNIST_DIR)('tfjs-node (needs MNIST_DIR)', () => {
  it('learns digits from 3,000 of them in one epoch', async () => {
    const dataset = (await loadDataset('mnist')) as PictureDataset;
    const some = (split: 'train' | 'test', count: number): Samples => ({
      count,
      x: dataset.splits[split].pixels.subarray(0, 784 * count),
      y: dataset.splits[split].classes.subarray(0, count),
    });
    const config = findArchitecture('large-cnn').config({ shape: [28, 28, 1], outputs: 10 });
    const result = await train({
      backend: await tfjsNodeBackend(),
      task: { config, input: { kind: 'pixels', scale: [1 / 255], offset: [0] }, loss: 'crossentropy', seed: 1 },
      data: { train: some('train', 3000), validation: some('test', 1000) },
      settings: { epochs: 1, batchSize: 32, learningRate: 0.002, patience: 1 },
    });
    await result.close();
    // Measured: 0.84, where a guess is right one time in ten.
    expect(result.history[0]?.validationMeasure).toBeGreaterThan(0.75);
  });
});

describe('openBackend', () => {
  it('takes onnx for auto', async () => {
    expect((await openBackend('auto')).name).toBe('onnx');
  });

  it('names the backends for any other word', () => {
    expect(() => openBackend('cuda')).toThrow(/auto, onnx, tfjs-node/);
    expect(() => openBackend('toString')).toThrow(/auto, onnx, tfjs-node/);
  });

  it('says what to do where tfjs-node does not load', async () => {
    const remedy = expect.stringContaining('npm run setup:tfjs-node');
    await expect(tfjsNodeBackend('@tensorflow/none')).rejects.toMatchObject({ code: 'backend-unavailable', remedy });
  });
});
