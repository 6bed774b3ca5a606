import type { LayerConfig } from './model.ts';

/** Classes that Keras's configs call otherwise than Python does. */
const PYTHON_NAMES: Record<string, string> = {
  Model: 'Functional',
  GroupQueryAttention: 'GroupedQueryAttention',
};

/**
 * Names the parts of one list of layers as Keras 3 does in its weight files: by class, and counted: `dense`, `dense_1`
 * (https://github.com/keras-team/keras/blob/v3.10.0/keras/src/saving/saving_lib.py, `_save_container_state`).
 * @returns to be asked for one layer after another
 */
export function groupNames(): (layer: Pick<LayerConfig, 'class_name' | 'module'>) => string {
  const used = new Map<string, number>();
  return ({ class_name, module }) => {
    const base = snakeCase(PYTHON_NAMES[class_name] ?? class_name);
    // Operations (`x * 2`) stand among a functional config's layers, and not among the model's.
    if (module?.startsWith('keras.src.ops')) return base;
    const count = used.get(base);
    used.set(base, (count ?? -1) + 1);
    return count === undefined ? base : `${base}_${count + 1}`;
  };
}

/** As Keras's `to_snake_case`: `BatchNormalization` -> `batch_normalization`, `PReLU` -> `p_re_lu`. */
function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
