import type { LayerConfig } from '#keras';
import { callsIn, type Reference, referencesOf } from './arguments.ts';
import { MODELS, nameOf } from './layers-in.ts';

/** Which call of a layer a reference means, counted from 0. */
export interface Numbering {
  readonly inbound: (reference: Reference) => number;
  readonly end: (reference: Reference) => number;
}

/**
 * Models count their own making as a call. Keras 2 counts it wherever it writes a number; Keras 3 in `output_layers` alone
 * and for Functional models alone (`get_tensor` and `serialize_node` in `keras/src/models/functional.py`).
 */
export function numberingOf(layers: readonly LayerConfig[], ends: readonly Reference[]): Numbering {
  const models = new Map(
    layers.filter(({ class_name }) => MODELS.includes(class_name)).map((layer) => [nameOf(layer), layer]),
  );
  const first = new Map<string, number>();
  const references = layers.flatMap((layer) => callsIn(layer.inbound_nodes).flatMap(referencesOf));
  for (const { layer, call } of [...references, ...ends]) first.set(layer, Math.min(call, first.get(layer) ?? call));
  const number = ({ layer: name, call }: Reference, isEnd: boolean) => {
    const layer = models.get(name);
    if (!layer) return call;
    const nodes = Array.isArray(layer.inbound_nodes) ? layer.inbound_nodes : [];
    if (Array.isArray(nodes[0])) return call - (first.get(name) ?? 0);
    const own = isEnd && layer.class_name !== 'Sequential' ? call - 1 : call;
    return Math.min(Math.max(own, 0), nodes.length - 1);
  };
  return { inbound: (reference) => number(reference, false), end: (reference) => number(reference, true) };
}
