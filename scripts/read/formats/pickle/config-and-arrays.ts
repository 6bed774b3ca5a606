import { expected } from '@freezeframe/inference';
import { weightSpecs } from '#convert';
import { ImportError } from '#guards';
import { type Tensor, withKeras2Activations } from '#keras';
import { modelOf, planConfig } from '../../config/planned-config.ts';
import { readConfig, readJsonConfig } from '../../config/read-config.ts';
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
  const planned = planConfig(withKeras2Activations(written, undefined), WHERE);
  const { layers } = planned;
  const specs = weightSpecs(planned.plan);
  const tops = [...new Set(layers.map(({ top }) => top))];
  const list = 'get' in arrays ? tops.flatMap((top) => arrays.get(top) ?? []) : arrays;
  const wanted = layers.flatMap(({ path }) => {
    const own = specs.get(path) ?? [];
    const ordered = [...own.filter(({ trainable }) => trainable), ...own.filter(({ trainable }) => !trainable)];
    return ordered.map((spec) => ({ name: `${path}/${spec.name}`, shape: spec.shape }));
  });
  if (list.length !== wanted.length) {
    throw unfit(expected(`${wanted.length} arrays`, 'the weights of the model', list.length), [list.length]);
  }
  const weights = new Map<string, Tensor>();
  const problems: string[] = [];
  wanted.forEach(({ name, shape }, i) => {
    const array = list[i] as NdArray;
    const fits = String(array.shape) === String(shape);
    const tensor = fits ? tensorOf(array) : undefined;
    if (tensor) weights.set(name, tensor);
    else problems.push(expected(`numbers of shape [${shape}]`, `weight ${name}`, [...array.shape]));
  });
  if (problems.length > 0)
    throw unfit(`The weights do not fit the layers: ${problems.slice(0, 8).join('; ')}`, problems);
  return modelOf(planned, weights);
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
