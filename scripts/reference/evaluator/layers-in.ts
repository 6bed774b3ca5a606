import type { LayerConfig } from '#keras';
import { wrong } from './value.ts';

/** Class names of models, which stand where layers stand. `Model` is Keras 2's old word for Functional. */
export const MODELS: readonly string[] = ['Sequential', 'Functional', 'Model'];

/** The layers of a model: `{ layers }`, or the bare list of early Keras 2. */
export function layersIn(config: unknown, prefix: string): LayerConfig[] {
  const layers = Array.isArray(config) ? config : (config as { layers?: unknown } | null)?.layers;
  if (!Array.isArray(layers)) throw wrong('a list of layers', `model ${prefix}`, layers);
  return layers as LayerConfig[];
}

export function nameOf(layer: LayerConfig): string {
  const name = layer.name ?? layer.config.name;
  if (typeof name !== 'string') throw wrong('a name', `a layer of class ${layer.class_name}`, name);
  return name;
}
