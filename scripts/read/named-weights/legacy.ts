import { expected } from '@freezeframe/inference';
import { weightSpecs } from '#convert';
import { ImportError } from '#guards';
import type { Tensor, WeightSpec } from '#keras';
import type { PlannedConfig } from '../config/planned-config.ts';
import type { Hdf5File } from '../containers/hdf5/open-hdf5.ts';
import { matchNames, type Wanted } from './match-names.ts';
import { fromOldForms } from './old-forms.ts';
import { hdf5WeightFile, readTensor, throwProblems } from './weight-file.ts';

/** State of random layers and counters, which Keras saves among the weights. */
const STATE = /(^|\/)(seed_generator(_\d+)?\/seed_generator_state|StateVar|count)(_\d+)?$/;

/** One layer of the file, with the names of its weights in the order of `weight_names`. */
interface SavedLayer {
  readonly name: string;
  readonly weights: readonly { readonly name: string; readonly path: string }[];
}

/**
 * Weights as `save_weights` and `save` of the legacy HDF5 format hold them: a group for each layer of the outermost
 * model, each with a list of names. The trainable ones come first, also those of a nested model together.
 * @param group the group that holds `layer_names`: '' in a file of weights, `model_weights` in one of a whole model
 * @throws ImportError `bad-weights` naming all that are absent or of another shape
 */
export function legacyWeights(planned: PlannedConfig, file: Hdf5File, group: string): Map<string, Tensor> {
  const wanted = wantedByTop(planned);
  const saved = savedLayers(file, group);
  const byName = new Map(saved.map((layer) => [layer.name, layer]));
  const withWeights = saved.filter((layer) => layer.weights.length > 0);
  // Keras goes by order alone; names are the safer where they are the same.
  const named = [...wanted.keys()].every((name) => byName.has(name));
  if (!named && withWeights.length !== wanted.size) {
    throw new ImportError(
      'bad-weights',
      expected(`weights of ${wanted.size} layers (${[...wanted.keys()].slice(0, 8).join(', ')})`, 'the model', [
        ...withWeights.map(({ name }) => name),
      ]),
      { remedy: 'The weights belong to another model: give the config that they were saved with.' },
    );
  }
  const weights = new Map<string, Tensor>();
  const problems: string[] = [];
  const source = hdf5WeightFile(file);
  [...wanted].forEach(([top, specs], i) => {
    const layer = named ? byName.get(top) : withWeights[i];
    const names = layer?.weights ?? [];
    const all = names.map((weight) => ({ ...weight, shape: source.shape(weight.path) }));
    const found = matchNames(specs, all);
    const turned = fromOldForms(specs, found, all, source);
    specs.forEach(({ name, spec }, j) => {
      const tensor = turned.get(j) ?? readTensor(source, found[j]?.path, spec, name, problems);
      if (tensor) weights.set(name, tensor);
    });
  });
  throwProblems(problems);
  return weights;
}

/** What each of the outermost model's layers wants, in the order of the file; layers without weights are left out. */
function wantedByTop({ layers, plan }: PlannedConfig): Map<string, Wanted[]> {
  const specs = weightSpecs(plan);
  const byTop = new Map<string, (Wanted & { first: boolean })[]>();
  for (const layer of layers) {
    for (const spec of specs.get(layer.path) ?? []) {
      const list = byTop.get(layer.top) ?? [];
      list.push({ name: `${layer.path}/${spec.name}`, owner: layer.path, spec, first: isFirst(spec, layer.trainable) });
      byTop.set(layer.top, list);
    }
  }
  return new Map(
    [...byTop].map(([top, list]) => [top, [...list.filter((w) => w.first), ...list.filter((w) => !w.first)]]),
  );
}

function isFirst(spec: WeightSpec, layerIsTrainable: boolean): boolean {
  return spec.trainable && layerIsTrainable;
}

function savedLayers(file: Hdf5File, group: string): SavedLayer[] {
  const prefix = group === '' ? '' : `${group}/`;
  return nameList(file, group, 'layer_names').map((name) => ({
    name,
    weights: nameList(file, prefix + name, 'weight_names')
      .filter((weight) => !STATE.test(withoutNumber(weight)))
      .map((weight) => ({ name: withoutNumber(weight), path: `${prefix}${name}/${weight}` })),
  }));
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
  throw new ImportError('file-damaged', expected('a list of names', `attribute ${name}`, value));
}
