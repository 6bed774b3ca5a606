import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import type { Tensor } from '#keras';
import type { PlannedConfig } from '../config/planned-config.ts';
import type { Hdf5File } from '../containers/hdf5/open-hdf5.ts';
import { assign, type Found } from './assign.ts';
import { type LayerObject, layerObjects, withInside } from './layer-objects.ts';
import { isState, leftOver } from './left-over.ts';
import { fromOldForms } from './old-forms.ts';
import type { Era } from './saved-order.ts';
import { hdf5WeightFile, Tensors, type WeightFile } from './weight-file.ts';

/** One layer of the file, with its weights in the order of `weight_names`. */
interface SavedLayer {
  readonly name: string;
  readonly weights: readonly Found[];
}

/** What hangs on the model itself, in a group beside those of its layers. */
const TOP_LEVEL = 'top_level_model_weights';

/**
 * Weights as `save_weights` and `save` of the legacy HDF5 format hold them: a group for each layer of the outermost
 * model, each with a list of names. The trainable ones come first, also those of a nested model together.
 * @param group the group that holds `layer_names`: '' in a file of weights, `model_weights` in one of a whole model
 * @throws ImportError `bad-weights` naming all that are absent, of another shape, ambiguous or left over
 */
export function legacyWeights(planned: PlannedConfig, file: Hdf5File, group: string): Map<string, Tensor> {
  const source = hdf5WeightFile(file);
  const objects = layerObjects(planned, false);
  const wanted = objects.filter((object) => variablesIn(object) > 0);
  const saved = savedLayers(file, group, source, objects);
  const byName = new Map(saved.map((layer) => [layer.name, layer]));
  const withWeights = saved.filter((layer) => layer.weights.length > 0);
  // Keras goes by order alone; names are the safer where they are the same.
  const named = wanted.every(({ path }) => byName.has(path));
  if (!named && withWeights.length !== wanted.length) {
    throw new ImportError(
      'bad-weights',
      expected(`weights of ${wanted.length} layers (${pathsOf(wanted)})`, 'the model', [
        ...withWeights.map(({ name }) => name),
      ]),
      { remedy: 'The weights belong to another model: give the config that they were saved with.' },
    );
  }
  const tensors = new Tensors(source);
  const given = new Set<SavedLayer>();
  for (const [i, object] of wanted.entries()) {
    const layer = named ? byName.get(object.path) : withWeights[i];
    if (layer) given.add(layer);
    take(tensors, object, layer?.weights ?? [], eraOf(file, group));
  }
  for (const { name, weights } of withWeights) {
    const isUnknown = objects.some(({ path, unneeded }) => path === name && unneeded === 'unknown');
    if (!isUnknown && ![...given].some((layer) => layer.name === name)) tensors.leftOver(leftOver(weights));
  }
  return tensors.finish(objects);
}

function pathsOf(objects: readonly LayerObject[]): string {
  return objects
    .slice(0, 8)
    .map(({ path }) => path)
    .join(', ');
}

function variablesIn(object: LayerObject): number {
  return withInside([object]).reduce((n, { stored }) => n + stored.variables.length, 0);
}

/** Reads the variables of one outermost layer. */
function take(tensors: Tensors, object: LayerObject, found: readonly Found[], era: Era): void {
  const assignment = assign(object, found, era);
  const weights = assignment.map(([, weight]) => weight);
  const specs = assignment.map(([{ spec }]) => spec);
  const turned = fromOldForms(specs, weights, found, tensors.file);
  for (const [i, [{ object: owner, spec }, weight]] of assignment.entries()) {
    const tensor = turned.tensors.get(i);
    if (tensor) tensors.set(owner, spec, tensor);
    else tensors.read(owner, spec, weight?.path);
  }
  if (!turned.all) tensors.leftOver(leftOver(found.filter((weight) => !weights.includes(weight))));
}

/** Files that do not say are older than Keras 2. */
function eraOf(file: Hdf5File, group: string): Era {
  const version = [group, ''].map((path) => file.attribute(path, 'keras_version')).find((value) => value !== undefined);
  return Number.parseInt(String(version ?? '1'), 10) >= 3 ? 'keras-3' : 'keras-2';
}

function savedLayers(file: Hdf5File, group: string, source: WeightFile, objects: readonly LayerObject[]): SavedLayer[] {
  const prefix = group === '' ? '' : `${group}/`;
  const names = nameList(file, group, 'layer_names');
  const top = file.kind(prefix + TOP_LEVEL) === 'group' && !names.includes(TOP_LEVEL) ? [TOP_LEVEL] : [];
  return [...names, ...top].map((name) => {
    const classes = classesOf(objects.find(({ path }) => path === name));
    const weights = nameList(file, prefix + name, 'weight_names')
      .map((weight) => ({ name: withoutNumber(weight), path: `${prefix}${name}/${weight}` }))
      .filter((weight) => !isState(weight.name, classes));
    return { name, weights: weights.map((weight) => ({ ...weight, shape: source.shape(weight.path) })) };
  });
}

function classesOf(object: LayerObject | undefined): ReadonlySet<string> {
  return new Set(object ? withInside([object]).map(({ className }) => className) : []);
}

/** TensorFlow's `:0`, the number of a variable's output. */
function withoutNumber(name: string): string {
  return name.replace(/:\d+$/, '');
}

/** A list of names; one that is too long for an HDF5 header is spread over `layer_names0`, `layer_names1`, ... */
function nameList(file: Hdf5File, path: string, name: string): string[] {
  const whole = file.attribute(path, name);
  if (whole !== undefined) return asStrings(whole, name);
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = file.attribute(path, `${name}${i}`);
    if (part === undefined) return parts;
    parts.push(...asStrings(part, name));
  }
}

function asStrings(value: unknown, name: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === 'string')) return list;
  // An empty list has no type in HDF5, and may read as numbers.
  if (list.length === 0) return [];
  throw new ImportError('file-damaged', expected('a list of names', `attribute ${name}`, value));
}
