import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import type { LayerObject } from './layer-objects.ts';
import { type Era, savedOrder, type Variable } from './saved-order.ts';

/** A weight that a file has, under the name that Keras gave its variable. */
export interface Found {
  /** `conv/kernel`, `conv_1/conv/kernel`, `model/lstm/lstm_cell/recurrent_kernel` */
  readonly name: string;
  readonly path: string;
  readonly shape: readonly number[] | undefined;
}

/** Each variable of an outermost layer with what stands for it in the file, in the order of the file's Keras. */
export type Assignment = readonly (readonly [Variable, Found | undefined])[];

/**
 * Gives each variable of one outermost layer the weight of the file that is its own. Keras goes by order alone, and the
 * order depends on what was frozen; a wrong one is a wrong answer that nothing else would notice. So the order must agree
 * with the names wherever these tell layers apart. Where they tell nothing (layers that were renamed), the order of the
 * file's own Keras decides, if its shapes and its last names (`kernel`, `bias`) fit.
 * @throws ImportError `bad-weights` where several assignments fit
 */
export function assign(object: LayerObject, found: readonly Found[], era: Era): Assignment {
  const orders = (['keras-2', 'keras-3'] as const).toSorted((a) => (a === era ? -1 : 1));
  const candidates = orders.flatMap((by) => {
    // What an attention hands on to its parts differs between a model that was frozen and one that was loaded frozen.
    const states = [object, thawed(object), ...['forward_layer', 'backward_layer'].map((part) => frozen(object, part))];
    return states.map((one) => inOrder(savedOrder(one, by), found));
  });
  const [first] = candidates as [Assignment];
  if (first.length !== found.length) return first;
  const fitting = candidates.filter(fits);
  const named = byNames(
    first.map(([variable]) => variable),
    found,
  );
  if (!named) return fitting[0] ?? first;
  const agreeing = fitting.find((candidate) => isSame(candidate, named));
  if (agreeing) return agreeing;
  const [other] = fitting;
  if (other) throw ambiguous(object, named, other);
  return named;
}

/** The object with parts that no config names as they were made, whatever became of the layer around them. */
function thawed(object: LayerObject, isOutermost = true): LayerObject {
  const trainable = isOutermost || object.name !== undefined ? object.trainable : true;
  return { ...object, trainable, inside: object.inside.map((inner) => thawed(inner, false)) };
}

/** Keras 2 writes one config for both directions of a Bidirectional, so that it does not say which of them is frozen. */
function frozen(object: LayerObject, part: string): LayerObject {
  const inside = object.inside.map((inner) => frozen(inner, part));
  return { ...object, trainable: object.trainable && lastOf(object.path) !== part, inside };
}

function inOrder(variables: readonly Variable[], found: readonly Found[]): Assignment {
  return variables.map((variable, i) => [variable, found[i]] as const);
}

function fits(assignment: Assignment): boolean {
  const known = new Set(assignment.map(([variable]) => variable.spec.name));
  return assignment.every(([{ spec }, weight]) => {
    if (!weight || !hasShape(spec.shape, weight)) return false;
    const last = lastOf(weight.name);
    return last === spec.name || !known.has(last);
  });
}

function hasShape(shape: readonly number[], weight: Found): boolean {
  return weight.shape !== undefined && String(weight.shape) === String(shape);
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Where a name is the only one that fits a variable, for every variable: the same order of variables as given. */
function byNames(variables: readonly Variable[], found: readonly Found[]): Assignment | undefined {
  const chosen = variables.map((variable) => {
    const [only, second] = namedAlike(variable, found);
    return second === undefined ? only : undefined;
  });
  const distinct = new Set(chosen).size === chosen.length && !chosen.includes(undefined);
  return distinct ? inOrder(variables, chosen as Found[]) : undefined;
}

/** Weights of the variable's last name and shape, below the names of its layer and of what is around that. */
function namedAlike({ spec, owners, object }: Variable, found: readonly Found[]): readonly Found[] {
  const alike = found.filter((weight) => lastOf(weight.name) === spec.name && hasShape(spec.shape, weight));
  const own = object.name === undefined ? partWord(object.path) : undefined;
  const names = owners.filter((name) => name !== undefined);
  let left: readonly Found[] = alike;
  let isNamed = false;
  for (const name of names) {
    const narrower = narrowed(left, name);
    if (narrower.length === 0) continue;
    left = narrower;
    isNamed = true;
  }
  if (own && left.length > 1) left = left.filter(({ name }) => name.split('/').some((part) => part === own));
  return isNamed ? left : [];
}

/** Keras 3 calls the parts of an attention `query`, `key`, ... that are `query_dense`, `key_dense` among the weights here. */
function partWord(path: string): string {
  return lastOf(path)
    .replace(/_dense$/, '')
    .replace(/^output$/, 'attention_output');
}

/** Those below a layer of this name; Keras numbers names that are taken: `batch_normalization_1_1`. */
function narrowed(weights: readonly Found[], name: string): readonly Found[] {
  const below = (is: (part: string) => boolean) =>
    weights.filter((weight) => weight.name.split('/').slice(0, -1).some(is));
  const exact = below((part) => part === name);
  return exact.length > 0 ? exact : below((part) => part.replace(/_\d+$/, '') === name);
}

function isSame(a: Assignment, b: Assignment): boolean {
  const other = new Map(b.map(([variable, weight]) => [keyOf(variable), weight]));
  return a.every(([variable, weight]) => other.get(keyOf(variable)) === weight);
}

function keyOf({ object, spec }: Variable): string {
  return `${object.path}/${spec.name}`;
}

function ambiguous(object: LayerObject, named: Assignment, ordered: Assignment): ImportError {
  const byOrder = new Map(ordered.map(([variable, weight]) => [keyOf(variable), weight?.name]));
  const problems = named
    .filter(([variable, weight]) => byOrder.get(keyOf(variable)) !== weight?.name)
    .map(([variable, weight]) => {
      const key = keyOf(variable);
      return `${key}: ${weight?.name} by its name, ${byOrder.get(key)} by its place`;
    });
  const wanted = 'names and order that agree';
  return new ImportError(
    'bad-weights',
    `${expected(wanted, `the weights of layer ${object.path}`, 'two assignments that both fit')}:\n  ${problems.slice(0, 8).join('\n  ')}`,
    {
      details: { problems },
      remedy: 'Load the model in the Keras that wrote it, look at its answers, and save it as .keras.',
    },
  );
}
