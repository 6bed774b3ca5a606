import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Dataset, PictureDataset } from '#datasets';
import type { Architecture } from './architectures/index.ts';
import type { TrainingTask } from './backends/index.ts';
import type { AugmentOptions } from './batches/augment.ts';
import type { Samples } from './batches/batches.ts';
import type { TrainingData, TrainingSettings } from './train.ts';
import type { TrainDatasetOptions } from './train-dataset.ts';

/** Data sets whose pictures mean something else when mirrored. */
const NOT_MIRRORED = ['mnist'];

/** Without the batch axis. */
export function shapeOf(dataset: Dataset): number[] {
  if (dataset.kind === 'table') return [dataset.features.length];
  return [dataset.input.height, dataset.input.width, dataset.input.channels];
}

export function taskFor(architecture: Architecture, dataset: Dataset, seed: number): TrainingTask {
  if (architecture.data !== dataset.kind) {
    const fitting = `an architecture for ${dataset.kind === 'table' ? 'tables' : 'pictures'}`;
    throw new FreezeframeError('used-wrongly', expected(fitting, '--architecture', architecture.name));
  }
  const outputs = dataset.kind === 'pictures' ? dataset.labels.length : 1;
  const config = architecture.config({ shape: shapeOf(dataset), outputs });
  if (dataset.kind === 'table') return { config, input: { kind: 'floats' }, loss: 'mean_squared_error', seed };
  return { config, input: { kind: 'pixels', ...preprocessOf(dataset) }, loss: 'crossentropy', seed };
}

/** 0..255 becomes 0..1. */
export function preprocessOf({ input: { channels } }: PictureDataset) {
  return { scale: Array<number>(channels).fill(1 / 255), offset: Array<number>(channels).fill(0) };
}

export function settingsFor(
  architecture: Architecture,
  { dataset, settings, augment }: Pick<TrainDatasetOptions, 'dataset' | 'settings' | 'augment'>,
): TrainingSettings {
  const fitted = { ...architecture.defaults, ...architecture.few?.(dataset.splits.train.count) };
  const short = settings?.epochs === undefined ? {} : architecture.short?.(settings.epochs);
  const merged = { ...fitted, ...short, ...settings };
  if (dataset.kind === 'table' || !architecture.augment || augment?.none) return merged;
  const flip = (augment?.flip ?? true) && !NOT_MIRRORED.includes(dataset.name);
  const own: AugmentOptions = { ...architecture.augment, flip: flip && (architecture.augment.flip ?? false) };
  return { ...merged, augment: own };
}

export function dataOf(dataset: Dataset): TrainingData {
  if (dataset.kind === 'table') {
    const rows = (split: 'train' | 'validation'): Samples => {
      const { count, features, target } = dataset.splits[split];
      return { count, x: features, y: target };
    };
    return { train: rows('train'), validation: rows('validation') };
  }
  const pictures = (split: 'train' | 'validation'): Samples => {
    const { count, pixels, classes } = dataset.splits[split];
    return { count, x: pixels, y: classes };
  };
  return { train: pictures('train'), validation: pictures('validation'), size: dataset.input };
}
