import { expected } from '@freezeframe/inference';
import { ImportError, isPlainName, MAX_LAYERS } from '#guards';
import type { KerasModel, LayerConfig } from '#keras';
import { groupNames, isModel, layerName, layersOf } from '#keras';

/** One layer of a config, models inside models opened. */
export interface ConfigLayer {
  /** Names from the outermost model to the layer, as in a topology: `outer/inner/conv`. */
  readonly path: string;
  readonly layer: LayerConfig;
  /** Name of the outermost model's layer that it is, or is part of. */
  readonly top: string;
  /** Whether training would change it; frozen layers' weights stand in another order in legacy HDF5. */
  readonly trainable: boolean;
  /** Where Keras 3 keeps its variables: `layers/sequential/layers/dense_1`. */
  readonly group: string;
}

/** As in `MAX_DEPTH` of the topology: deeper than any real model. */
const MAX_NESTING = 32;

/**
 * All layers of a model, in the config's order.
 * @throws ImportError `limit-exceeded`, `file-damaged` for layers without or with the same names, `file-hostile` for
 * names that hold control characters
 */
export function configLayers(config: KerasModel['config']): ConfigLayer[] {
  const found: ConfigLayer[] = [];
  const open = (model: Pick<LayerConfig, 'class_name' | 'config'>, at: Omit<ConfigLayer, 'layer'>, depth: number) => {
    if (depth > MAX_NESTING) throw limit(`at most ${MAX_NESTING} levels`, 'models inside models', depth);
    const names = new Set<string>();
    const groups = groupNames();
    for (const layer of layersOf(model.config, at.path)) {
      const name = checkedName(layer, names);
      const inner = {
        path: depth === 0 ? name : `${at.path}/${name}`,
        top: depth === 0 ? name : at.top,
        trainable: at.trainable && layer.config.trainable !== false,
        group: `${depth === 0 ? '' : `${at.group}/`}layers/${groups(layer)}`,
      };
      if (isModel(layer.class_name)) open(layer, inner, depth + 1);
      else found.push({ ...inner, layer });
      if (found.length > MAX_LAYERS) throw limit(`at most ${MAX_LAYERS} layers`, 'the model', found.length);
    }
  };
  open(config, { path: '', top: '', trainable: true, group: '' }, 0);
  return found;
}

function checkedName(layer: LayerConfig, names: Set<string>): string {
  const name = layerName(layer);
  if (!isPlainName(name)) {
    throw new ImportError('file-hostile', expected('at most 1024 plain characters', 'the name of a layer', name));
  }
  if (names.has(name)) {
    throw new ImportError('file-damaged', expected('one layer of each name', 'the model config', [name, name]));
  }
  names.add(name);
  return name;
}

function limit(what: string, where: string, received: number): ImportError {
  return new ImportError('limit-exceeded', expected(what, where, received));
}
