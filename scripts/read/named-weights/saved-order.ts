import type { WeightSpec } from '#keras';
import type { LayerObject } from './layer-objects.ts';

/** One variable of a layer, and whose it is. */
export interface Variable {
  readonly object: LayerObject;
  readonly spec: WeightSpec;
  /** The names of the layers around it, its own layer's first; undefined for parts without one. */
  readonly owners: readonly (string | undefined)[];
}

/** Which Keras wrote a file: they put frozen parts of a layer in another order. */
export type Era = 'keras-2' | 'keras-3';

/**
 * The variables of a layer in the order of legacy HDF5, `trainable_weights + non_trainable_weights` of the outermost layer
 * (`_legacy_weights` in https://github.com/keras-team/keras/blob/v3.10.0/keras/src/legacy/saving/legacy_h5_format.py).
 */
export function savedOrder(object: LayerObject, era: Era): Variable[] {
  return era === 'keras-3' ? keras3Order(object) : Object.values(keras2Order(object, [])).flat();
}

/** The variables in the order of `layer.get_weights()`, which does not ask what is frozen in Keras 3. */
export function weightsOrder(object: LayerObject, era: Era): Variable[] {
  return era === 'keras-3' ? allOf(object, []) : keras2Weights(object, []);
}

/** The variables as `layer.weights` of Keras 3 lists them: a layer's own, then those of its parts. */
function allOf(object: LayerObject, around: readonly (string | undefined)[]): Variable[] {
  const own = ownOf(object, around);
  return [...own.trainable, ...own.fixed, ...object.inside.flatMap((inner) => allOf(inner, [object.name, ...around]))];
}

/** Keras 3 asks each variable whether it is trainable, which its own layer decides, and the outermost layer for all. */
function keras3Order(object: LayerObject): Variable[] {
  const all = allOf(object, []);
  if (!object.trainable) return all;
  const learns = ({ spec, object: owner }: Variable) => spec.trainable && owner.trainable;
  return [...all.filter(learns), ...all.filter((variable) => !learns(variable))];
}

interface Split {
  readonly trainable: Variable[];
  readonly fixed: Variable[];
}

/**
 * Keras 2 asks each layer for both lists; a frozen one's own come first, then all of each part. Models list their layers'
 * trainable ones before the others also when they are frozen (`Model.non_trainable_weights`).
 */
function keras2Order(object: LayerObject, around: readonly (string | undefined)[]): Split {
  const own = ownOf(object, around);
  const parts = object.inside.map((inner) => keras2Order(inner, [object.name, ...around]));
  const trainable = parts.flatMap((part) => part.trainable);
  const fixed = parts.flatMap((part) => part.fixed);
  if (object.trainable) {
    return { trainable: [...own.trainable, ...trainable], fixed: [...own.fixed, ...fixed] };
  }
  if (object.isModel) return { trainable: [], fixed: [...trainable, ...own.trainable, ...fixed, ...own.fixed] };
  const whole = object.inside.flatMap((inner) => keras2Weights(inner, [object.name, ...around]));
  return { trainable: [], fixed: [...own.trainable, ...own.fixed, ...whole] };
}

/** `layer.variables` of Keras 2: of a model, those of one layer after another. */
function keras2Weights(object: LayerObject, around: readonly (string | undefined)[]): Variable[] {
  if (object.isModel) return object.inside.flatMap((inner) => keras2Weights(inner, [object.name, ...around]));
  return Object.values(keras2Order(object, around)).flat();
}

/** A layer's own variables: Keras keeps a list of those that were made trainable, and one of the others. */
function ownOf(object: LayerObject, around: readonly (string | undefined)[]): Split {
  const own = object.stored.variables.map((spec) => ({ object, spec, owners: [object.name, ...around] }));
  const first = (variable: Variable) => variable.spec.trainable || variable.spec.frozenLater === true;
  return { trainable: own.filter(first), fixed: own.filter((variable) => !first(variable)) };
}
