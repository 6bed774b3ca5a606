import { layersOf } from './inbound.ts';
import type { KerasModel } from './model.ts';

/** Which Keras wrote a model, where the same layers go by other rules in another: `keras-3.0` is 3.0 to 3.3. */
export type Writer = 'keras-2' | 'keras-3.0' | 'keras-3.4';

/**
 * A config that says which Keras wrote it, with Keras 2's `hard_sigmoid` (0.2 x + 0.5) under a name of its own: Keras 3
 * means x / 6 + 0.5 by it, and loads Keras 2's files wrongly without saying so.
 * @param version of the Keras that wrote the file, as far as the file tells
 */
export function asWritten(config: KerasModel['config'], version: string | undefined): KerasModel['config'] {
  const writer = told(config, version);
  return { ...(writer === 'keras-2' ? (renamed(config, '') as KerasModel['config']) : config), writer };
}

/** By its version, or by the form of the config: `to_json` of Keras 3 and pickled configs have no version. */
function told(config: KerasModel['config'], version: string | undefined): Writer {
  const [major = Number.NaN, minor = 0] = (version ?? '').split('.').map((part) => Number.parseInt(part, 10));
  if (!Number.isNaN(major)) return major < 3 ? 'keras-2' : major === 3 && minor < 4 ? 'keras-3.0' : 'keras-3.4';
  const layers = layersOf(config.config, '');
  for (const { inbound_nodes: nodes, config: options } of layers) {
    if (Array.isArray(nodes) && nodes.length > 0) return Array.isArray(nodes[0]) ? 'keras-2' : 'keras-3.4';
    if (options?.batch_input_shape !== undefined) return 'keras-2';
    if (options?.batch_shape !== undefined) return 'keras-3.4';
  }
  // Keras 3 writes a module beside every class.
  return 'module' in config || layers[0]?.module !== undefined ? 'keras-3.4' : 'keras-2';
}

/** @param key whose value this is, or that of the list or object around it where that has no name of its own */
function renamed(value: unknown, key: string): unknown {
  if (value === 'hard_sigmoid') return /activation$/.test(key) ? 'hard_sigmoid_keras2' : value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, key));
  if (value === null || typeof value !== 'object') return value;
  // Keras 2.13 and later may write { class_name: 'function', config: 'hard_sigmoid' }.
  const entries = Object.entries(value).map(([own, item]) => {
    return [own, renamed(item, own === 'config' && /activation$/.test(key) ? key : own)] as const;
  });
  return Object.fromEntries(entries);
}
