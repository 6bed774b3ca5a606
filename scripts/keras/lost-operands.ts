import { callsOf, isModel, layerName, layersOf } from './inbound.ts';
import type { LayerConfig } from './model.ts';

type ModelConfig = Pick<LayerConfig, 'class_name' | 'config'>;

const EINSUM = /(^|\.)einsum$/;

/**
 * The config with the tensors of `tf.einsum`, which Keras 2 leaves out: it writes the equation and nothing else, and cannot
 * load the model itself. They are known where a model has one tensor alone that they can be, its only input, and where each
 * term has the batch, so that none can be a constant. Elsewhere the layer stays as it is, and is refused by name.
 */
export function withLostOperands<T extends ModelConfig>(model: T): T {
  if (model.class_name === 'Sequential' || !isModel(model.class_name)) return model;
  const layers = layersOf(model.config, '').map((layer) => withLostOperands(layer));
  return { ...model, config: { ...model.config, layers: layers.map((layer) => completed(layer, layers)) } };
}

function completed(layer: LayerConfig, layers: readonly LayerConfig[]): LayerConfig {
  const equation = lostEquation(layer);
  if (equation === undefined) return layer;
  const candidates = layers.filter((other) => other !== layer && !dependsOn(other, layer, layers));
  const [input, ...more] = candidates;
  if (!input || more.length > 0 || input.class_name !== 'InputLayer' || !eachHasTheBatch(equation)) return layer;
  const inputs = equation.split(',').map(() => [layerName(input), 0, 0]);
  return { ...layer, inbound_nodes: [[['_CONSTANT_VALUE', -1, equation, { inputs }]]] };
}

/** The equation of an einsum that is called once, with nothing else. */
function lostEquation(layer: LayerConfig): string | undefined {
  if (layer.class_name !== 'TFOpLambda' || !EINSUM.test(String(layer.config.function))) return undefined;
  const [call, ...more] = callsOf(layer);
  const [equation] = call?.call.args ?? [];
  return more.length === 0 && call?.reads.length === 0 && typeof equation === 'string' ? equation : undefined;
}

/** `bij,bkj->bik`: both begin with the same letter, and so does the answer. */
function eachHasTheBatch(equation: string): boolean {
  const terms = equation.replaceAll(' ', '').split(/,|->/);
  return equation.includes('->') && terms.every((term) => /^[a-z]+$/i.test(term) && term[0] === terms[0]?.[0]);
}

/** Whether a layer is given, directly or not, what another answers. */
function dependsOn(layer: LayerConfig, other: LayerConfig, layers: readonly LayerConfig[]): boolean {
  const named = new Map(layers.map((one) => [layerName(one), one]));
  const seen = new Set<string>();
  const waiting = [layerName(layer)];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === layerName(other)) return true;
    const one = named.get(name);
    if (seen.has(name) || !one) continue;
    seen.add(name);
    waiting.push(...callsOf(one).flatMap(({ reads }) => reads.map((read) => read.layer)));
  }
  return false;
}
