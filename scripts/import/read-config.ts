import { expected } from '@freezeframe/inference';
import { z } from 'zod';
import type { KerasModel } from '../freeze/keras-model.ts';
import { ImportError } from './import-error.ts';
import { parseJson } from './json.ts';
import { asImportError } from './named-weights/as-import-error.ts';
import { configLayers } from './named-weights/config-layers.ts';
import { refuseUnknownLayers } from './unknown-layers.ts';

/** Class names of Keras 1 and of early TensorFlow 2 for layers that later had another. */
const CLASS_NAMES = new Map([
  ['AvgPool1D', 'AveragePooling1D'],
  ['AvgPool2D', 'AveragePooling2D'],
  ['AvgPool3D', 'AveragePooling3D'],
  ['BatchNormalizationV1', 'BatchNormalization'],
  ['BatchNormalizationV2', 'BatchNormalization'],
  ['Convolution1D', 'Conv1D'],
  ['Convolution2D', 'Conv2D'],
  ['Convolution2DTranspose', 'Conv2DTranspose'],
  ['Convolution3D', 'Conv3D'],
  ['GlobalAvgPool1D', 'GlobalAveragePooling1D'],
  ['GlobalAvgPool2D', 'GlobalAveragePooling2D'],
  ['GlobalAvgPool3D', 'GlobalAveragePooling3D'],
  ['GlobalMaxPool1D', 'GlobalMaxPooling1D'],
  ['GlobalMaxPool2D', 'GlobalMaxPooling2D'],
  ['GlobalMaxPool3D', 'GlobalMaxPooling3D'],
  ['MaxPool1D', 'MaxPooling1D'],
  ['MaxPool2D', 'MaxPooling2D'],
  ['MaxPool3D', 'MaxPooling3D'],
  ['SeparableConvolution1D', 'SeparableConv1D'],
  ['SeparableConvolution2D', 'SeparableConv2D'],
  ['SyncBatchNormalization', 'BatchNormalization'],
  ['UnifiedGRU', 'GRU'],
  ['UnifiedLSTM', 'LSTM'],
]);

const schema = z.looseObject({
  class_name: z.string(),
  // Keras 2.0 to 2.2 wrote a Sequential's config as a bare list of layers.
  config: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
});

/**
 * A Keras model config, `{ class_name, config }`, whose every layer is known here.
 * @param where for messages: `config.json`
 * @throws ImportError `file-damaged`, `limit-exceeded`, `custom-object`, `unsupported-layer`
 */
export function readConfig(json: unknown, where: string): KerasModel['config'] {
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new ImportError('file-damaged', expected('a Keras model config', where, json));
  const config = withTodaysNames(parsed.data) as unknown as KerasModel['config'];
  refuseUnknownLayers(config, () => asImportError(where, () => configLayers(config)));
  return config;
}

/** The same from JSON text, whose depth is looked at before it is parsed. */
export function readJsonConfig(content: Uint8Array | string, where: string): KerasModel['config'] {
  return readConfig(parseJson(content, where), where);
}

/** The config with the class names that layers have now. */
function withTodaysNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTodaysNames);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const today = key === 'class_name' ? CLASS_NAMES.get(String(inner)) : undefined;
    return [key, today ?? withTodaysNames(inner)];
  });
  return Object.fromEntries(entries);
}
