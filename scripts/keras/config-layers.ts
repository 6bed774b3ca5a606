import { expected, FreezeframeError } from '@freezeframe/inference';
import { beyondLimit, isModel, layerName, layersOf } from './inbound.ts';
import { MAX_DEPTH, MAX_LAYERS } from './limits.ts';
import type { LayerConfig } from './model.ts';
import { isPlainName, MAX_NAME_LENGTH } from './plain-name.ts';
import { groupNames } from './saved-groups.ts';

/** One layer of a config, models inside models opened. */
export interface ConfigLayer {
  /** Names from the outermost model to the layer, as in a topology: `outer/inner/conv`. */
  readonly path: string;
  readonly layer: LayerConfig;
  /** Where Keras 3 keeps its variables: `layers/sequential/layers/dense_1`. */
  readonly group: string;
}

/**
 * All layers of a model, in the config's order.
 * @throws FreezeframeError `limit-exceeded`, `bad-topology` for layers without a name, `file-damaged` for two of one name,
 *   `file-hostile` for names that hold control characters
 */
export function configLayers(config: Pick<LayerConfig, 'class_name' | 'config'>): ConfigLayer[] {
  const found: ConfigLayer[] = [];
  const open = (model: Pick<LayerConfig, 'class_name' | 'config'>, at: Omit<ConfigLayer, 'layer'>, depth: number) => {
    if (depth > MAX_DEPTH) throw beyondLimit(MAX_DEPTH, 'levels of models inside models', 'the config');
    const names = new Set<string>();
    const groups = groupNames();
    for (const layer of layersOf(model.config, at.path)) {
      const name = checkedName(layer, names);
      const inner = {
        path: depth === 0 ? name : `${at.path}/${name}`,
        group: `${depth === 0 ? '' : `${at.group}/`}layers/${groups(layer)}`,
      };
      if (isModel(layer.class_name)) open(layer, inner, depth + 1);
      else found.push({ ...inner, layer });
      if (found.length > MAX_LAYERS) throw beyondLimit(MAX_LAYERS, 'layers', 'the model');
    }
  };
  open(config, { path: '', group: '' }, 0);
  return found;
}

function checkedName(layer: LayerConfig, names: Set<string>): string {
  const name = layerName(layer);
  if (!isPlainName(name)) {
    const plain = `at most ${MAX_NAME_LENGTH} plain characters`;
    throw new FreezeframeError('file-hostile', expected(plain, 'the name of a layer', name));
  }
  if (names.has(name)) {
    throw new FreezeframeError('file-damaged', expected('one layer of each name', 'the model config', [name, name]));
  }
  names.add(name);
  return name;
}
