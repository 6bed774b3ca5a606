import { layersOf } from './inbound.ts';
import type { KerasModel } from './model.ts';

/**
 * The config with Keras 2's `hard_sigmoid` (0.2 x + 0.5) under a name of its own: Keras 3 means x / 6 + 0.5 by it, and
 * loads Keras 2's files wrongly without saying so.
 * @param version of the Keras that wrote the file, as far as the file tells
 */
export function withKeras2Activations(config: KerasModel['config'], version: string | undefined): KerasModel['config'] {
  return isKeras2(config, version) ? (renamed(config, '') as KerasModel['config']) : config;
}

/** Keras 3 writes a `module` beside every class, and no version into what `to_json` gives. */
function isKeras2(config: KerasModel['config'], version: string | undefined): boolean {
  const major = Number.parseInt(version ?? '', 10);
  if (!Number.isNaN(major)) return major < 3;
  const [first] = layersOf(config.config, '');
  return !('module' in config) && first?.module === undefined;
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
