import { groupNames, type Tensor } from '#keras';
import type { PlannedConfig } from '../config/planned-config.ts';
import { type LayerObject, layerObjects, withInside } from './layer-objects.ts';
import { isState, leftOver, NOT_OF_LAYERS } from './left-over.ts';
import { Tensors, type WeightFile } from './weight-file.ts';

/** Keras 2.12 and 2.13 called the list of layers by an inner name. */
export const OLD_LIST = '_layer_checkpoint_dependencies';

/**
 * Weights by position, as `.weights.h5` of Keras 3 and of `.keras` files holds them: `layers/dense_1/vars/0` is the first
 * variable of the second Dense, whatever the layer is called.
 * @throws ImportError `bad-weights` naming all that are absent, of another shape or left over
 */
export function positionalWeights(planned: PlannedConfig, file: WeightFile): Map<string, Tensor> {
  const tensors = new Tensors(file);
  const objects = layerObjects(planned, true);
  // Keras 2 on Windows wrote the names of groups with its own separator: `layers\\dense/vars/0`.
  const left = new Map(file.paths().map((path) => [path.replaceAll('\\', '/'), path]));
  const places = placesIn(objects, left);
  for (const [object, at] of places) {
    for (const spec of object.stored.variables) {
      const number = object.stored.positions.indexOf(spec.name);
      const path = at.map((group) => `${group}/vars/${number}`).find((one) => left.has(one));
      tensors.read(object, spec, path === undefined ? undefined : left.get(path));
      if (path !== undefined) left.delete(path);
    }
  }
  const unread = [...left].filter(([path]) => !NOT_OF_LAYERS.test(path) && !isNoWeight(path, places));
  tensors.leftOver(leftOver(unread.map(([name, path]) => ({ name, path, shape: file.shape(path) }))));
  return tensors.finish(objects);
}

/** Where the variables of an object may lie. */
type Place = readonly [LayerObject, at: readonly string[]];

function isNoWeight(path: string, places: readonly Place[]): boolean {
  const around = places.filter(([, at]) => at.some((group) => path.startsWith(`${group}/`)));
  const own = around.filter(([, at]) => at.some((group) => path.startsWith(`${group}/vars/`)));
  const classes = new Set(own.map(([{ className }]) => className));
  return around.some(([{ unneeded }]) => unneeded === 'unknown') || isState(path, classes);
}

type Files = ReadonlyMap<string, string>;

function placesIn(objects: readonly LayerObject[], files: Files): Place[] {
  const isOld = [...files.keys()].some((path) => path.split('/').includes(OLD_LIST));
  if (!isOld) return placesOf(objects, [''], '', undefined);
  const twice = placesOf(objects, [''], '', 'twice');
  const isWhole = twice.every(
    ([{ stored }, at]) => stored.variables.length === 0 || at.some((group) => files.has(`${group}/vars/0`)),
  );
  return isWhole ? twice : placesOf(objects, [''], '', 'once');
}

/**
 * @param around where the layer may lie that they are in
 * @param outer what that is called in the group of each
 * @param old how layers with weights are counted in the old list; undefined for today's
 */
function placesOf(
  objects: readonly LayerObject[],
  around: readonly string[],
  outer: string,
  old: 'once' | 'twice' | undefined,
): Place[] {
  const counts = new Map<string, number>();
  return objects.flatMap((object) => {
    const part = outer === '' ? object.group : object.group.slice(outer.length + 1);
    // Keras 2 and early Keras 3 keep parts that no config names as private attributes: `_query_dense`.
    const names = object.className === '' ? [part, `_${part}`] : [old ? oldName(object, part, counts, old) : part];
    const at = around.flatMap((group) => names.map((name) => (group === '' ? name : `${group}/${name}`)));
    return [[object, at] as const, ...placesOf(object.inside, at, object.group, old)];
  });
}

/** Keras 2.12 and 2.13 list each layer that has weights twice, so that the second Dense is `dense_2`. */
function oldName(object: LayerObject, part: string, counts: Map<string, number>, old: 'once' | 'twice'): string {
  if (!part.startsWith('layers/')) return part;
  const base = groupNames()({ class_name: object.className });
  const count = counts.get(base) ?? 0;
  const hasWeights = withInside([object]).some(({ stored }) => stored.variables.length > 0);
  counts.set(base, count + (hasWeights && old === 'twice' ? 2 : 1));
  return `${OLD_LIST}/${count === 0 ? base : `${base}_${count}`}`;
}
