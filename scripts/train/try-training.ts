import type { PictureShape } from '@freezeframe/inference';
import type { PictureDataset } from '#datasets';
import { defaultArchitecture } from './architectures/index.ts';
import type { TrainingBackend } from './backends/index.ts';
import { dataOf, settingsFor, shapeOf, taskFor } from './task.ts';
import { train } from './train.ts';

interface TryOptions {
  readonly backend: TrainingBackend;
  readonly seed: number;
  readonly signal?: AbortSignal;
  onProgress?(share: number): void;
}

/** What a training of so many pictures would be: the architecture, and the pixels that all its epochs go through. */
export function trainingEffort(input: PictureShape, count: number): { architecture: string; pixels: number } {
  const { height, width, channels } = input;
  const { name, defaults, few } = defaultArchitecture('pictures', [height, width, channels]);
  const { epochs } = { ...defaults, ...few?.(count) };
  return { architecture: name, pixels: count * epochs * height * width };
}

/**
 * Trains as `trainDataset` would, keeps nothing, and answers the test split.
 * @returns the number of the label that each picture is called
 */
export async function tryTraining(dataset: PictureDataset, options: TryOptions): Promise<Int32Array> {
  const architecture = defaultArchitecture('pictures', shapeOf(dataset));
  const settings = settingsFor(architecture, { dataset });
  const result = await train({
    backend: options.backend,
    task: taskFor(architecture, dataset, options.seed),
    data: dataOf(dataset),
    settings,
    ...(options.signal ? { signal: options.signal } : {}),
    onStep: ({ epoch, epochs, step, stepsPerEpoch }) =>
      options.onProgress?.((epoch - 1 + step / stepsPerEpoch) / epochs),
  });
  try {
    const { count, pixels, classes } = dataset.splits.test;
    const { outputs } = await result.evaluate({ count, x: pixels, y: classes });
    const labels = dataset.labels.length;
    return Int32Array.from({ length: count }, (_, row) => {
      const own = outputs.subarray(row * labels, (row + 1) * labels);
      return own.indexOf(Math.max(...own));
    });
  } finally {
    await result.close();
  }
}
