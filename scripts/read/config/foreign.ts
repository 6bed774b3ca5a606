import type { LayerConfig } from '#keras';

/** An object as Keras writes it: a layer, a cell, an activation, a policy. */
export type Serialized = Pick<LayerConfig, 'class_name'> & {
  readonly config?: unknown;
  readonly module?: unknown;
  readonly registered_name?: unknown;
};

interface ForeignPart {
  /** As the layers' paths: `outer/rnn/cell`. */
  readonly path: string;
  readonly className: string;
}

/** What only training reads. */
const OF_TRAINING = /(initializer|regularizer|constraint|optimizer|loss|metrics)$|^(build|compile)_config$/;

/**
 * Whether a class is not Keras's, whatever it is called. Of a class in a script (`__main__`) Keras writes no module, but the
 * name that it would be registered under; its own classes have a module, or no such name.
 */
export function isForeign({ module, registered_name, class_name }: Serialized): boolean {
  if (class_name.includes('>')) return true;
  if (typeof registered_name === 'string' && /^(?!keras|TensorFlow)[^>]*>/i.test(registered_name)) return true;
  if (module === null) return typeof registered_name === 'string';
  // A plain function: its name is all that the file has of it.
  if (module === 'builtins') return class_name !== 'function';
  return typeof module === 'string' && !/^(keras|tf_keras|tensorflow)(\.|$)/.test(module);
}

/** Everything foreign in a config, at any depth: a cell, an activation, a model, a layer of a model inside of a wrapper. */
export function foreignParts(value: unknown, path = ''): ForeignPart[] {
  if (Array.isArray(value)) return value.flatMap((item) => foreignParts(item, path));
  if (value === null || typeof value !== 'object') return [];
  if (isLambda(value)) return [{ path, className: LAMBDA }];
  if (!isSerialized(value)) {
    const entries = Object.entries(value).filter(([key]) => !OF_TRAINING.test(key));
    return entries.flatMap(([, item]) => foreignParts(item, path));
  }
  const own = path === '' ? nameOf(value) : `${path}/${nameOf(value)}`;
  return isForeign(value) ? [{ path: own, className: value.class_name }] : foreignParts(value.config, own);
}

/** What a lambda is called in refusals: the file has its bytes, not its name. */
export const LAMBDA = 'lambda';

/** As Keras writes one that is an argument of a layer: its Python bytes, its defaults, and what it closes over. */
function isLambda(value: object): boolean {
  const [key, ...others] = Object.keys(value);
  return key === 'value' && others.length === 0 && 'value' in value && Array.isArray(value.value);
}

function isSerialized(value: object): value is Serialized {
  return 'class_name' in value && typeof value.class_name === 'string';
}

function nameOf({ class_name, config }: Serialized): string {
  const named = config !== null && typeof config === 'object' && 'name' in config ? config.name : undefined;
  return typeof named === 'string' ? named : class_name;
}
