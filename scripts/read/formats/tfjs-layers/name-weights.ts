import { expected } from '@freezeframe/inference';
import { weightSpecs } from '#convert';
import { ImportError } from '#guards';
import type { Tensor, WeightSpec } from '#keras';
import type { DecodedWeight } from '#tensorflow';
import type { PlannedConfig } from '../../config/planned-config.ts';
import { assign } from '../../named-weights/assign.ts';
import { type LayerObject, layerObjects, withInside } from '../../named-weights/layer-objects.ts';
import { isState, leftOver } from '../../named-weights/left-over.ts';

interface WantedLayer {
  readonly path: string;
  readonly specs: readonly WeightSpec[];
  readonly object: LayerObject;
}

/**
 * Gives weights the names that the layers call them by. TensorFlow.js and its converter write `dense/kernel`,
 * `model/dense/kernel`, `lstm/lstm_cell/kernel` or, of a nested model, `dense/kernel` again, never mind the model around it:
 * a layer's weights are those below its name, with as much of its path before it as is written; among them the last part of
 * the name decides and, where the layer calls it otherwise, the order, which is Keras's (`assign`).
 * @throws ImportError `bad-weights`, naming every layer whose weights are missing, ambiguous or of another shape
 */
export function nameWeights(planned: PlannedConfig, weights: readonly DecodedWeight[]): Map<string, Tensor> {
  const { layers, plan } = planned;
  const named = new Map<string, Tensor>();
  const problems: string[] = [];
  const index = new WeightIndex(weights);
  const objects = new Map(withInside(layerObjects(planned, false)).map((object) => [object.path, object]));
  const left = new Set(weights);
  // Files hold the weights of layers too that no output needs.
  const wanted = new Map([...plan.unneeded, ...weightSpecs(plan)]);
  for (const [path, specs = []] of wanted) {
    if (specs.length === 0) continue;
    const found = match({ path, specs, object: objects.get(path) as LayerObject }, index, weights);
    if (typeof found === 'string') {
      problems.push(found);
      continue;
    }
    for (const [i, spec] of specs.entries()) {
      left.delete(found[i] as DecodedWeight);
      named.set(`${path}/${spec.name}`, tensorOf(found[i] as DecodedWeight));
    }
  }
  const classes = new Set(layers.map(({ layer }) => layer.class_name));
  problems.push(...leftOver([...left].filter(({ name }) => !isState(withoutNumber(name), classes))));
  if (problems.length === 0) return named;
  throw new ImportError('bad-weights', `The weights do not fit the layers:\n  ${problems.join('\n  ')}`, {
    details: { problems },
    remedy: 'model.json and its weights are of different models, or layers share a name: export the model again.',
  });
}

/** Deeper names are only looked for by what they begin with: nobody nests models like that. */
const MAX_PARTS = 16;

/** Weights by what stands before their own names. */
class WeightIndex {
  /** `lstm/lstm_cell/kernel` is below `lstm` and below `lstm/lstm_cell`. */
  readonly #below = new Map<string, DecodedWeight[]>();
  /** And, with a model's name before that, `lstm` is within `model/lstm/lstm_cell/kernel`. */
  readonly #within = new Map<string, DecodedWeight[]>();

  constructor(weights: readonly DecodedWeight[]) {
    for (const weight of weights) {
      const parts = partsOf(weight.name);
      for (let end = 1; end < Math.min(parts.length, MAX_PARTS); end++) {
        add(this.#below, parts.slice(0, end), weight);
        for (let start = 1; start < end; start++) add(this.#within, parts.slice(start, end), weight);
      }
    }
  }

  /** With as much of the path as is written: all of it first, then less of what is around the layer. */
  of(path: string): readonly DecodedWeight[] {
    const parts = path.split('/');
    const ways = parts.map((_, from) => parts.slice(from).join('/'));
    for (const index of [this.#below, this.#within]) {
      const found = ways.find((way) => index.has(way));
      if (found !== undefined) return index.get(found) ?? [];
    }
    return [];
  }
}

function add(index: Map<string, DecodedWeight[]>, parts: readonly string[], weight: DecodedWeight): void {
  const key = parts.join('/');
  const list = index.get(key);
  if (!list) index.set(key, [weight]);
  else if (list.at(-1) !== weight) list.push(weight);
}

function partsOf(name: string): string[] {
  return withoutNumber(name).split('/');
}

/** Python's names end with the number of an operator's result. */
function withoutNumber(name: string): string {
  return name.replace(/:0$/, '');
}

function match(
  { path, specs, object }: WantedLayer,
  index: WeightIndex,
  weights: readonly DecodedWeight[],
): readonly DecodedWeight[] | string {
  const candidates = candidatesOf(object, index, weights);
  const chosen = specs.map((spec) => candidates.filter((weight) => isCalled(weight, spec, specs)));
  if (chosen.every((list) => list.length === 1)) return checked(path, specs, chosen.flat());
  if (candidates.length === specs.length) return checked(path, specs, inOrder(object, specs, candidates));
  return expected(
    specs.map(({ name }) => name).join(', '),
    `weights of layer ${path}`,
    candidates.map(({ name }) => name),
  );
}

/** Those below the layer's name or, as a wrapper's may be written, below the names of the layers in it. */
function candidatesOf(
  object: LayerObject,
  index: WeightIndex,
  weights: readonly DecodedWeight[],
): readonly DecodedWeight[] {
  const own = index.of(object.path);
  if (own.length > 0) return own;
  const names = withInside(object.inside).flatMap(({ name }) => name ?? []);
  const below = new Set(names.flatMap((name) => index.of(name)));
  return weights.filter((weight) => below.has(weight));
}

/** In the order of the specs. TensorFlow.js lists weights as Keras 2 does; converted files may be of either. */
function inOrder(
  object: LayerObject,
  specs: readonly WeightSpec[],
  candidates: readonly DecodedWeight[],
): readonly DecodedWeight[] {
  const found = candidates.map(({ name, shape }, i) => ({ name: withoutNumber(name), path: String(i), shape }));
  const places = new Map(
    assign(object, found, 'keras-2').map(([variable, weight]) => [
      `${variable.object.path}/${variable.spec.name}`,
      candidates[Number(weight?.path)],
    ]),
  );
  return specs.map(({ name }) => places.get(`${object.path}/${name}`) as DecodedWeight);
}

/** The same last part, and of what a composite layer writes before it (`forward_layer/`) the first word. */
function isCalled(weight: DecodedWeight, spec: WeightSpec, specs: readonly WeightSpec[]): boolean {
  const parts = partsOf(weight.name);
  const wanted = spec.name.split('/');
  if (parts.at(-1) !== wanted.at(-1)) return false;
  const alone = specs.filter(({ name }) => name.split('/').at(-1) === wanted.at(-1)).length === 1;
  const word = (wanted[0] as string).split('_')[0] as string;
  return alone || parts.slice(0, -1).some((part) => part.split('_')[0] === word);
}

function checked(
  path: string,
  specs: readonly WeightSpec[],
  weights: readonly DecodedWeight[],
): readonly DecodedWeight[] | string {
  for (const [i, { name, shape }] of specs.entries()) {
    const weight = weights[i] as DecodedWeight;
    if (String(weight.shape) !== String(shape))
      return expected(`[${shape.join(', ')}]`, `weight ${path}/${name}`, weight.shape);
  }
  return weights;
}

function tensorOf({ shape, data }: DecodedWeight): Tensor {
  return { shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}
