import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import { asWritten, type Tensor } from '#keras';
import { modelOf, planConfig } from '../../config/planned-config.ts';
import { readConfig, readJsonConfig } from '../../config/read-config.ts';
import { type LayerObject, layerObjects, withInside } from '../../named-weights/layer-objects.ts';
import { leftOver } from '../../named-weights/left-over.ts';
import { type Variable, weightsOrder } from '../../named-weights/saved-order.ts';
import { tensorOf } from '../../pickle/arrays/ndarray.ts';
import type { NdArray } from '../../pickle/machine/values.ts';
import { asJson } from './as-json.ts';
import type { Payload } from './payload.ts';

const WHERE = 'the pickled config';

/**
 * A model from `get_config()` (or `to_json()`) and `get_weights()`: arrays in the order of the layers, each layer's
 * trainable ones first.
 * @throws ImportError `bad-weights`, and what reading a config throws
 */
export function modelOfParts({ config: given, weights: arrays }: Extract<Payload, { kind: 'parts' }>) {
  const written =
    typeof given === 'string' ? readJsonConfig(given, WHERE) : readConfig(withClassName(asJson(given)), WHERE);
  const planned = planConfig(asWritten(written, undefined), WHERE);
  const objects = layerObjects(planned, false);
  const list = 'get' in arrays ? byLayer(objects, arrays) : arrays;
  const wanted = orderOf(objects, list);
  const variables = new Map<string, Tensor>();
  const problems: string[] = [];
  wanted.forEach((variable, i) => {
    const array = list[i] as NdArray;
    const name = nameOf(variable);
    const tensor = fits(variable, array) ? tensorOf(array) : undefined;
    if (tensor) variables.set(name, tensor);
    else problems.push(expected(`numbers of shape [${variable.spec.shape}]`, `weight ${name}`, [...array.shape]));
  });
  if (problems.length > 0)
    throw unfit(`The weights do not fit the layers: ${problems.slice(0, 8).join('; ')}`, problems);
  const weights = new Map<string, Tensor>();
  for (const { path, stored } of withInside(objects)) {
    const own = stored.weights((name) => variables.get(`${path}/${name}`) as Tensor);
    for (const [name, tensor] of own) weights.set(`${path}/${name}`, tensor);
  }
  return modelOf(planned, weights);
}

/** `{layer.name: layer.get_weights()}`: every list must belong to a layer. */
function byLayer(objects: readonly LayerObject[], arrays: ReadonlyMap<string, readonly NdArray[]>): NdArray[] {
  const known = new Set(objects.map(({ path }) => path));
  const others = [...arrays].filter(([name]) => !known.has(name));
  const unread = others.flatMap(([name, own]) => own.map(({ shape }) => ({ name, shape })));
  if (unread.length > 0) throw unfit(leftOver(unread).slice(0, 8).join('; '), leftOver(unread));
  return objects.flatMap(({ path }) => arrays.get(path) ?? []);
}

/** What the arrays stand for: a pickle does not say which Keras listed them, and the two differ within frozen wrappers. */
function orderOf(objects: readonly LayerObject[], list: readonly NdArray[]): readonly Variable[] {
  const orders = (['keras-3', 'keras-2'] as const).map((era) => objects.flatMap((object) => weightsOrder(object, era)));
  const [first, second] = orders as [Variable[], Variable[]];
  if (list.length !== first.length) {
    throw unfit(expected(`${first.length} arrays`, 'the weights of the model', list.length), [list.length]);
  }
  const fitting = orders.filter((order) => order.every((variable, i) => fits(variable, list[i] as NdArray)));
  const differing = first.filter((variable, i) => nameOf(variable) !== nameOf(second[i] as Variable)).map(nameOf);
  if (fitting.length === 2 && differing.length > 0) {
    const wanted = 'an order that Keras 2 and Keras 3 share';
    throw unfit(expected(wanted, `the weights ${differing.slice(0, 8).join(', ')}`, 'two'), differing);
  }
  return fitting[0] ?? first;
}

function fits({ spec }: Variable, { shape }: NdArray): boolean {
  return String(shape) === String(spec.shape);
}

function nameOf({ object, spec }: Variable): string {
  return `${object.path}/${spec.name}`;
}

/** `get_config()` leaves the class out: only Functional models name their inputs. */
function withClassName(json: unknown): unknown {
  const config = json as { class_name?: unknown; input_layers?: unknown };
  if (config.class_name !== undefined) return json;
  return { class_name: config.input_layers === undefined ? 'Sequential' : 'Functional', config: json };
}

function unfit(message: string, problems: readonly unknown[]): ImportError {
  return new ImportError('bad-weights', message, {
    details: { problems },
    remedy: 'Save config and weights of the same model, or the model itself: model.save("model.keras").',
  });
}
