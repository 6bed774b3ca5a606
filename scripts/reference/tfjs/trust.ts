import type { KerasModel, LayerConfig } from '#keras';
import { callsIn, referencesOf } from '../evaluator/arguments.ts';
import { layersIn, MODELS } from '../evaluator/layers-in.ts';

type Options = Readonly<Record<string, unknown>>;

/**
 * Layers of which TensorFlow.js (with what `gaps.ts` adds) is known to be right for every option that it loads:
 * `test/scripts/convert/keras/layers/` compares them, Keras's own answers (`test/fixtures/`) agree. Others it answers wrongly
 * without a word: transposed convolutions with dilation or output padding, masks in pooling, `keepdims` in 1D.
 */
const TRUSTED: Readonly<Record<string, (options: Options) => boolean>> = {
  Activation: always,
  Add: always,
  AveragePooling2D: always,
  BatchNormalization: always,
  Concatenate: always,
  Conv2D: always,
  Dense: always,
  DepthwiseConv2D: always,
  Dropout: always,
  Flatten: ({ data_format: format }) => format !== 'channels_first',
  GlobalAveragePooling2D: always,
  GlobalMaxPooling2D: always,
  InputLayer: always,
  MaxPooling2D: always,
  ReLU: always,
  Rescaling: ({ scale, offset }) => typeof scale === 'number' && typeof (offset ?? 0) === 'number',
  SeparableConv2D: always,
  Softmax: ({ axis }) => axis === undefined || typeof axis === 'number',
  ZeroPadding2D: always,
};

function always(): boolean {
  return true;
}

/** Whether TensorFlow.js is known to be right about every layer of a model, in the way in which it is called. */
export function tensorflowIsRight(config: KerasModel['config']): boolean {
  return layersIn(config.config, '').every((layer) => {
    if (MODELS.includes(layer.class_name)) {
      return plainlyCalled(layer) && tensorflowIsRight(layer);
    }
    // Keras 3's operators have names of layers; other packages' layers have names of Keras's.
    const own = layer.module === undefined || /^keras(\.src)?\.layers\b/.test(layer.module);
    return own && plainlyCalled(layer) && TRUSTED[layer.class_name]?.(layer.config) === true;
  });
}

/** With tensors as the first argument and no others: TensorFlow.js's configs know nothing else. */
function plainlyCalled({ inbound_nodes: nodes }: LayerConfig): boolean {
  return callsIn(nodes).every(
    (call) => referencesOf(call).length === referencesOf({ args: call.args.slice(0, 1), keywords: {} }).length,
  );
}
