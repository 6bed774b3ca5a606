import { expected, FreezeframeError } from '@freezeframe/inference';
import { type KerasModel, type LayerConfig, readTopology } from '../../scripts/keras/index.ts';
import {
  callOutputsIn,
  callOutputsOf,
  callsIn,
  layersIn,
  MODELS,
  nameOf,
  numberingOf,
} from '../../scripts/reference/evaluator/config.ts';

type Options = Record<string, unknown>;

/** Keras's names for what TensorFlow.js calls something else, or has only in `gaps.ts`. */
const ACTIVATIONS: Record<string, string> = {
  silu: 'swish',
  hard_sigmoid: 'reference_hard_sigmoid',
  // Keras 2's function is the one that TensorFlow.js has.
  hard_sigmoid_keras2: 'hard_sigmoid',
  leaky_relu: 'reference_leaky_relu',
  exponential: 'reference_exponential',
  hard_silu: 'reference_hard_silu',
  hard_swish: 'reference_hard_silu',
};

/**
 * A Keras 2 or Keras 3 config in the spelling that TensorFlow.js Layers reads (Keras 2's, of 2018). Layers keep their
 * names; TensorFlow.js itself works out how they are joined.
 */
export function tensorflowConfig(config: KerasModel['config']): KerasModel['config'] {
  const translated = modelConfig(config.class_name, config.config);
  if (config.class_name !== 'Sequential') return translated;
  // Keras 3 may keep the input's shape beside the layers.
  const [input] = readTopology(config).inputs;
  const layers = (translated.config.layers as LayerConfig[]).filter((layer) => layer.class_name !== 'InputLayer');
  const start = { class_name: 'InputLayer', config: inputOptions(input?.name ?? 'input', input?.shape) };
  return { ...translated, config: { ...translated.config, layers: [start, ...layers] } };
}

function modelConfig(className: string, config: unknown): KerasModel['config'] {
  const layers = layersIn(config, '');
  const options = (Array.isArray(config) ? {} : config) as Options;
  const name = typeof options.name === 'string' ? options.name : 'model';
  if (className === 'Sequential') {
    return { class_name: 'Sequential', config: { name, layers: layers.map((layer) => layerConfig(layer)) } };
  }
  const ends = callOutputsIn(options.output_layers);
  const numbers = numberingOf(layers, ends);
  // TensorFlow.js counts the making of a nested model as its call 0, always.
  const models = new Set(layers.filter((layer) => MODELS.includes(layer.class_name)).map(nameOf));
  const made = (name: string) => (models.has(name) ? 1 : 0);
  const translated = layers.map((layer) => ({
    ...layerConfig(layer),
    name: nameOf(layer),
    inbound_nodes: callsIn(layer.inbound_nodes).map((call) =>
      callOutputsOf(call).map((t) => [t.layer, numbers.inbound(t) + made(t.layer), t.index, {}]),
    ),
  }));
  const input_layers = callOutputsIn(options.input_layers).map((t) => [t.layer, t.call, t.index]);
  const output_layers = ends.map((t) => [t.layer, numbers.end(t) + made(t.layer), t.index]);
  return { class_name: 'Model', config: { name, layers: translated, input_layers, output_layers } };
}

function layerConfig(layer: LayerConfig): LayerConfig {
  if (MODELS.includes(layer.class_name)) return modelConfig(layer.class_name, { name: nameOf(layer), ...layer.config });
  const name = nameOf(layer);
  if (layer.class_name === 'InputLayer') {
    const shape = layer.config.batch_shape ?? layer.config.batch_input_shape;
    return { class_name: 'InputLayer', config: inputOptions(name, shape, layer.config.dtype) };
  }
  const config = layerOptions({ ...layer.config, name });
  return substitute({ class_name: layer.class_name, config });
}

function inputOptions(name: string, shape: unknown, dtype?: unknown): Options {
  return { name, batch_input_shape: shape, dtype: dtype === 'int32' ? 'int32' : 'float32', sparse: false };
}

/** Leaves out what only training reads (weights are set afterwards), and puts the rest into old spelling. */
function layerOptions(options: Options): Options {
  const kept = Object.entries(options).filter(([key]) => !/(_regularizer|_constraint|^build_config|^dtype)$/.test(key));
  return Object.fromEntries(
    kept.map(([key, value]) => {
      if (key.endsWith('_initializer')) return [key, { class_name: 'Zeros', config: {} }];
      if (key === 'activation' || key === 'recurrent_activation') return [key, activationName(value)];
      if (key === 'data_format') return [key, value ?? 'channels_last'];
      return [key, value];
    }),
  );
}

function activationName(value: unknown): string {
  if (value === null || value === undefined) return 'linear';
  const { config } = value as { config?: unknown };
  const name = typeof value === 'string' ? value : typeof config === 'string' ? config : undefined;
  if (name === undefined) {
    throw new FreezeframeError('reference-unsupported', `TensorFlow.js has no activation ${JSON.stringify(value)}`);
  }
  return ACTIVATIONS[name] ?? name;
}

/** Layers of which TensorFlow.js's own version is less than Keras's. */
function substitute(layer: LayerConfig): LayerConfig {
  const { class_name, config } = layer;
  const axis = (Array.isArray(config.axis) ? config.axis[0] : config.axis) ?? -1;
  const instead = (options: Options = {}): LayerConfig => ({
    class_name: REPLACED[class_name] as string,
    config: { ...config, ...options },
  });
  switch (class_name) {
    case 'BatchNormalization':
      return isLast(axis) ? { class_name, config: { ...config, axis } } : instead({ epsilon: 1e-3, ...config, axis });
    case 'Softmax':
      return axis === -1 ? layer : instead({ axis });
    case 'ReLU':
      return config.negative_slope || config.threshold ? instead() : layer;
    case 'GlobalAveragePooling2D':
      return config.keepdims === true ? instead({ kind: 'mean' }) : layer;
    case 'GlobalMaxPooling2D':
      return config.keepdims === true ? instead({ kind: 'max' }) : layer;
    case 'Conv2D':
      return (config.groups ?? 1) === 1 ? layer : channelsLast(instead(windowOptions(config)));
    case 'DepthwiseConv2D': {
      const options = windowOptions(config);
      return options.dilation_rate.every((d) => d === 1) ? layer : channelsLast(instead(options));
    }
    default:
      return layer;
  }
}

const REPLACED: Record<string, string> = {
  BatchNormalization: 'ReferenceBatchNormalization',
  Softmax: 'ReferenceSoftmax',
  ReLU: 'ReferenceReLU',
  GlobalAveragePooling2D: 'ReferenceGlobalPooling',
  GlobalMaxPooling2D: 'ReferenceGlobalPooling',
  Conv2D: 'ReferenceGroupedConv2D',
  DepthwiseConv2D: 'ReferenceDepthwiseConv2D',
};

/** Keras 2 writes a picture's last axis as 3. */
function isLast(axis: unknown): boolean {
  return axis === -1 || axis === 3;
}

function windowOptions(config: Options) {
  const pair = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value ?? 1, value ?? 1]);
  const { kernel_size, strides, dilation_rate, padding = 'valid', use_bias = true, depth_multiplier = 1 } = config;
  const sizes = { kernel_size: pair(kernel_size), strides: pair(strides), dilation_rate: pair(dilation_rate) };
  return { ...sizes, padding, use_bias, depth_multiplier };
}

/** What stands in for a convolution knows channels last alone. */
function channelsLast(layer: LayerConfig): LayerConfig {
  const { data_format, name } = layer.config;
  if (data_format !== 'channels_first') return layer;
  throw new FreezeframeError('reference-unsupported', expected('channels_last', `data_format of ${name}`, data_format));
}
