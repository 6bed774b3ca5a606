import { stream } from '../../../scripts/system/random.ts';
import { sequential } from '../../../scripts/train/architectures/architecture.ts';
import type { TrainingTask } from '../../../scripts/train/backends/backend.ts';
import type { Samples } from '../../../scripts/train/batches/batches.ts';
import type { TrainingData, TrainingSettings } from '../../../scripts/train/train.ts';

/** Pictures of 8 x 8 with a bright half, left or right: learned in a second. */
export function halves(count: number, seed: number): Samples {
  const random = stream(seed, 'halves');
  const y = Int32Array.from({ length: count }, () => random.below(2));
  const x = Uint8Array.from({ length: count * 64 }, (_, i) => {
    const bright = (i % 8 < 4 ? 0 : 1) === y[Math.floor(i / 64)];
    return random.below(120) + (bright ? 100 : 0);
  });
  return { count, x, y };
}

const size = { height: 8, width: 8, channels: 1 };

export function tinyTask(seed = 1): TrainingTask {
  const config = sequential(
    'tiny',
    [8, 8, 1],
    [
      ['Conv2D', { filters: 4, kernel_size: [3, 3], use_bias: false }],
      ['BatchNormalization', { momentum: 0.8 }],
      ['Activation', { activation: 'relu' }],
      ['Flatten', {}],
      ['Dropout', { rate: 0.3 }],
      ['Dense', { units: 2, activation: 'softmax' }],
    ],
  );
  return { config, input: { kind: 'pixels', scale: [1 / 255], offset: [0] }, loss: 'crossentropy', seed };
}

/** 50 samples in batches of 16: the last one holds two. */
export const tinyData: TrainingData = { train: halves(50, 1), validation: halves(40, 2), size };

export const tinySettings: TrainingSettings = { epochs: 4, batchSize: 16, learningRate: 0.01, patience: 10 };

/** More epochs than any test waits for. */
export const endless: TrainingSettings = { ...tinySettings, epochs: 10_000, patience: 10_000 };
