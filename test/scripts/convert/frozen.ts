import type { TensorData } from '@freezeframe/inference';
import type { FreezeInput, FreezeOptions } from '../../../scripts/frozen/options.ts';
import type { KerasModel } from '../../../scripts/keras/model.ts';
import { numbers, sequentialModel, withSeededWeights } from './harness.ts';

/** Small models with what freezing needs to know of them. */

export const PICTURE_INPUT: FreezeInput & { kind: 'picture' } = {
  kind: 'picture',
  height: 8,
  width: 7,
  channels: 3,
  colour: 'rgb',
  resize: 'stretch',
  crop: 1,
  kernel: 'cubic',
  invert: false,
  preprocess: { scale: [1 / 255, 1 / 255, 1 / 255], offset: [0, 0, 0] },
};

export const LABELS = ['cat', 'dog', 'gnome'];

export const PICTURE_OPTIONS: FreezeOptions = {
  input: PICTURE_INPUT,
  output: { kind: 'classification', labels: LABELS },
};

/** Convolution, normalisation, dropout, softmax. */
export function pictureModel(padding: 'same' | 'valid' = 'same', seed = 10): KerasModel {
  const config = sequentialModel(
    [8, 7, 3],
    [
      ['Conv2D', { filters: 4, kernel_size: 3, padding, use_bias: false }],
      ['BatchNormalization', {}],
      ['Activation', { activation: 'relu' }],
      ['MaxPooling2D', { padding: 'same' }],
      ['Dropout', { rate: 0.3 }],
      ['GlobalAveragePooling2D', {}],
      ['Dense', { units: 3, activation: 'softmax' }],
    ],
  );
  return withSeededWeights(config, seed);
}

export function pictures(count: number, seed = 8): Record<string, TensorData> {
  const data = Uint8Array.from(numbers(count * 8 * 7 * 3, seed), (x) => Math.floor((x + 1) * 128));
  return { picture: { datatype: 'UINT8', shape: [count, 8, 7, 3], data } };
}

/** House prices: square metres and rooms. */
export const PRICE_OPTIONS: FreezeOptions = {
  input: {
    kind: 'features',
    features: [
      { name: 'area', unit: 'm²', min: 40, max: 240 },
      { name: 'rooms', min: 1, max: 9 },
    ],
  },
  output: { kind: 'regression', values: [{ name: 'price', unit: 'dollars', min: 50_000, max: 850_000 }] },
};

export function priceModel(): KerasModel {
  const config = sequentialModel(
    [2],
    [
      ['Dense', { units: 6, activation: 'relu' }],
      ['Dense', { units: 1 }],
    ],
  );
  return withSeededWeights(config, 6);
}

export function houses(): Record<string, TensorData> {
  const data = Float32Array.from([40, 1, 240, 9, 120, 4, 77.5, 3, 300, 10]);
  return { features: { datatype: 'FP32', shape: [5, 2], data } };
}
