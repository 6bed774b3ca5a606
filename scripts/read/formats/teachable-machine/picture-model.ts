import { isModel, type KerasModel } from '#keras';

interface Layer {
  readonly class_name?: unknown;
  readonly config?: unknown;
}

/**
 * Whether a config is of the shape that Teachable Machine gives picture models, and how many classes it tells apart:
 * MobileNetV2 up to its pooled features, 224 x 224 x 3, and behind it a hidden layer and a softmax without bias, each part
 * a Sequential of its own.
 */
export function teachableMachineClasses({ class_name, config }: KerasModel['config']): number | undefined {
  if (class_name !== 'Sequential') return undefined;
  const [features, head, ...rest] = layersOf(config);
  if (rest.length > 0 || features?.class_name !== 'Sequential' || head?.class_name !== 'Sequential') return undefined;
  const [network, pooling] = layersOf(features.config);
  const last = layersOf(head.config).at(-1);
  if (!isMobileNet(network) || pooling?.class_name !== 'GlobalAveragePooling2D') return undefined;
  const { activation, use_bias, units } = (last?.config ?? {}) as Record<string, unknown>;
  const softmax = last?.class_name === 'Dense' && activation === 'softmax' && use_bias === false;
  return softmax && typeof units === 'number' ? units : undefined;
}

function isMobileNet(network: Layer | undefined): boolean {
  if (typeof network?.class_name !== 'string' || !isModel(network.class_name)) return false;
  const all = (network.config as { layers?: unknown } | null)?.layers;
  const input = Array.isArray(all) ? (all[0] as Layer | null) : undefined;
  const { batch_input_shape } = (input?.config ?? {}) as Record<string, unknown>;
  if (String(batch_input_shape) !== ',224,224,3') return false;
  const names = layersOf(network.config).map(({ config }) => (config as { name?: unknown } | null)?.name);
  return names[0] === 'Conv1_pad' && names.includes('Conv_1_bn');
}

/** Without the input layers that Keras adds when it loads and saves what TensorFlow.js wrote. */
function layersOf(config: unknown): Layer[] {
  const layers = (config as { layers?: unknown } | null)?.layers;
  if (!Array.isArray(layers)) return [];
  return layers.filter(
    (layer: Layer | null) => layer && typeof layer === 'object' && layer.class_name !== 'InputLayer',
  );
}
