import * as z from 'zod';
import { RECTIFIER_LAYERS, type RectifierConfig } from '../layers/rectifiers.ts';
import { softmax } from '../layers/softmax.ts';
import type { Activation } from './activation.ts';
import { ACTIVATIONS } from './activations.ts';
import { KERAS3_ACTIVATIONS } from './keras3.ts';

export type { Activation } from './activation.ts';
export { ACTIVATIONS, SELU } from './activations.ts';
export { KERAS3_ACTIVATIONS } from './keras3.ts';

const BY_NAME: ReadonlyMap<string, Activation> = new Map(
  [...ACTIVATIONS, ...KERAS3_ACTIVATIONS].flatMap((one: Activation) =>
    [one.name, ...(one.aliases ?? [])].map((name) => [name, one] as const),
  ),
);

/** Layers that may be given as an activation: `Dense(5, activation=LeakyReLU(0.2))`. */
const BY_LAYER = new Map([...RECTIFIER_LAYERS, softmax].map((layer) => [layer.className, layer]));

/** The activation of this name, in Keras's spelling. */
export function findActivation(name: string): Activation | undefined {
  return BY_NAME.get(name);
}

/** An activation in every way that Keras writes it: null, a name, a layer, or an object around one of these. */
export const activation = z
  .unknown()
  .optional()
  .transform((value, context): Activation => {
    const found = readActivation(value);
    if (typeof found !== 'string') return found;
    const message = `unknown activation ${JSON.stringify(found)}; known are ${[...BY_NAME.keys()].join(', ')}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** The activation, or the name of what is none. */
function readActivation(value: unknown): Activation | string {
  if (value === null || value === undefined) return readActivation('linear');
  if (typeof value === 'string') return findActivation(value) ?? value;
  const { class_name, config } = value as { class_name?: unknown; config?: unknown };
  // Keras 3: { class_name: 'function', config: 'relu' }; both: an Activation layer around a name.
  if (typeof config === 'string') return readActivation(config);
  if (config && typeof config === 'object' && 'activation' in config) return readActivation(config.activation);
  return layerAsActivation(String(class_name), config ?? {}) ?? readActivation(String(class_name));
}

function layerAsActivation(className: string, config: unknown): Activation | undefined {
  const layer = BY_LAYER.get(className);
  const read = layer?.config.safeParse(config);
  if (!layer || !read?.success) return undefined;
  if (isPlainRelu(className, read.data)) return findActivation('relu');
  const emit: Activation['emit'] = (graph, { mask: _, ...x }) =>
    layer.emit({ graph, layerName: className, weight: (name) => name }, read.data, [x]);
  return { name: className, emit };
}

function isPlainRelu(className: string, options: unknown): boolean {
  if (className !== 'ReLU') return false;
  const { max_value, negative_slope, threshold } = options as RectifierConfig;
  return max_value === null && negative_slope === 0 && threshold === 0;
}
