/** One entry of a config's list of layers, as it was written. */
type Entry = Readonly<Record<string, unknown>> & { readonly class_name: string; readonly config: Options };
type Options = Readonly<Record<string, unknown>>;

/** Class names of Keras 1, of early TensorFlow 2 and of Python, for layers that configs call otherwise now. */
const CLASS_NAMES = new Map([
  ['AtrousConvolution1D', 'Conv1D'],
  ['AtrousConvolution2D', 'Conv2D'],
  ['AvgPool1D', 'AveragePooling1D'],
  ['AvgPool2D', 'AveragePooling2D'],
  ['AvgPool3D', 'AveragePooling3D'],
  ['BatchNormalizationV1', 'BatchNormalization'],
  ['BatchNormalizationV2', 'BatchNormalization'],
  ['Convolution1D', 'Conv1D'],
  ['Convolution2D', 'Conv2D'],
  ['Convolution2DTranspose', 'Conv2DTranspose'],
  ['Convolution3D', 'Conv3D'],
  ['CuDNNGRU', 'GRU'],
  ['CuDNNLSTM', 'LSTM'],
  ['GlobalAvgPool1D', 'GlobalAveragePooling1D'],
  ['GlobalAvgPool2D', 'GlobalAveragePooling2D'],
  ['GlobalAvgPool3D', 'GlobalAveragePooling3D'],
  ['GlobalMaxPool1D', 'GlobalMaxPooling1D'],
  ['GlobalMaxPool2D', 'GlobalMaxPooling2D'],
  ['GlobalMaxPool3D', 'GlobalMaxPooling3D'],
  // Legacy HDF5 has the names that classes have in Python.
  ['GroupedQueryAttention', 'GroupQueryAttention'],
  ['MaxPool1D', 'MaxPooling1D'],
  ['MaxPool2D', 'MaxPooling2D'],
  ['MaxPool3D', 'MaxPooling3D'],
  ['SeparableConvolution1D', 'SeparableConv1D'],
  ['SeparableConvolution2D', 'SeparableConv2D'],
  ['SyncBatchNormalization', 'BatchNormalization'],
  ['TimeDistributedDense', 'Dense'],
  ['UnifiedGRU', 'GRU'],
  ['UnifiedLSTM', 'LSTM'],
]);

/** What cuDNN computes, whatever the options of the layer that stands for it would be. */
const CUDNN: Readonly<Record<string, Options>> = {
  CuDNNLSTM: { activation: 'tanh', recurrent_activation: 'sigmoid', use_bias: true },
  CuDNNGRU: { activation: 'tanh', recurrent_activation: 'sigmoid', use_bias: true, reset_after: true },
};

/** Keras 1's options that kept their meaning under another name (`keras/legacy/interfaces.py` of Keras 2). */
const RENAMED: readonly (readonly [layers: RegExp, old: string, today: string])[] = [
  [/^(Dense|TimeDistributedDense|LSTM|GRU|SimpleRNN)$/, 'output_dim', 'units'],
  [/Conv/, 'nb_filter', 'filters'],
  [/Conv/, 'filter_length', 'kernel_size'],
  [/Conv/, 'subsample', 'strides'],
  [/Conv/, 'subsample_length', 'strides'],
  [/Conv/, 'atrous_rate', 'dilation_rate'],
  [/Conv|Pool/, 'border_mode', 'padding'],
  [/Conv|^Dense$/, 'bias', 'use_bias'],
  [/Pooling1D$/, 'pool_length', 'pool_size'],
  [/Pooling1D$/, 'stride', 'strides'],
  [/^UpSampling1D$/, 'length', 'size'],
  [/Dropout/, 'p', 'rate'],
  [/^GaussianNoise$/, 'sigma', 'stddev'],
  [/^(LSTM|GRU)$/, 'inner_activation', 'recurrent_activation'],
];

const DATA_FORMATS: Readonly<Record<string, string>> = { tf: 'channels_last', th: 'channels_first' };

/** The layer that each mode of Keras 1's `Merge` became. */
const MERGES: Readonly<Record<string, string>> = {
  sum: 'Add',
  mul: 'Multiply',
  ave: 'Average',
  max: 'Maximum',
  concat: 'Concatenate',
};

/** A model config with the class names and options that its layers have now, from whichever Keras it comes. */
export function withTodaysNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTodaysNames);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withTodaysNames(inner)] as const);
  const whole = withLayers(Object.fromEntries(entries));
  return isEntry(whole) ? todaysEntry(whole) : whole;
}

/** Keras 2.0 to 2.2 and early TensorFlow.js wrote a Sequential's config as a bare list, also within another. */
function withLayers(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { class_name, config } = value;
  if (class_name !== 'Sequential' || !Array.isArray(config)) return value;
  return { ...value, config: { layers: config.map(named) } };
}

/** Such a list has no name of its own, which a layer of another list needs. */
function named(layer: unknown, i: number): unknown {
  const { class_name, name, config } = (layer ?? {}) as { class_name?: unknown; name?: unknown; config?: Options };
  if (class_name !== 'Sequential' || name !== undefined || config?.name !== undefined) return layer;
  return { ...(layer as object), name: `sequential_${i + 1}` };
}

function isEntry(value: Readonly<Record<string, unknown>>): value is Entry {
  const { class_name, config } = value;
  return typeof class_name === 'string' && config !== null && typeof config === 'object' && !Array.isArray(config);
}

function todaysEntry(entry: Entry): Entry {
  const { class_name: written, config } = entry;
  const options = { ...withTodaysOptions(written, config), ...CUDNN[written] };
  if (written === 'Merge' && typeof config.mode === 'string' && Object.hasOwn(MERGES, config.mode)) {
    const axis = config.mode === 'concat' ? { axis: config.concat_axis ?? -1 } : {};
    return { ...entry, class_name: MERGES[config.mode] as string, config: { ...options, ...axis } };
  }
  return { ...entry, class_name: CLASS_NAMES.get(written) ?? written, config: options };
}

function withTodaysOptions(className: string, config: Options): Options {
  const options: Record<string, unknown> = { ...config };
  const move = (old: string, today: string, value: unknown) => {
    if (!(old in options) || today in options) return;
    delete options[old];
    options[today] = value;
  };
  for (const [layers, old, today] of RENAMED) if (layers.test(className)) move(old, today, options[old]);
  if (/Conv/.test(className) && 'nb_row' in options) {
    const sizes = [options.kernel_dim1, options.nb_row, options.nb_col].filter((size) => size !== undefined);
    move('nb_row', 'kernel_size', sizes);
  }
  if ('dim_ordering' in options) move('dim_ordering', 'data_format', DATA_FORMATS[String(options.dim_ordering)]);
  return options;
}
