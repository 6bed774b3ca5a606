import * as z from 'zod';
import { asKeras, type Value } from '#onnx';
import { badCall, isValue, knownSizes, type Operand, tensorOf } from '../operand.ts';
import type { OperatorDefinition } from '../operator.ts';
import type { Tensors } from '../tensors.ts';

const place = z
  .number()
  .int()
  .nullish()
  .transform((value) => value ?? undefined);
const range = z.object({ start: place, stop: place, step: place });

/** One entry between the brackets of `x[1:3, ..., -1, None]`. */
type Item =
  | {
      readonly kind: 'range';
      readonly start?: number | undefined;
      readonly stop?: number | undefined;
      readonly step: number;
    }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'new' }
  | { readonly kind: 'ellipsis' };

/** Parts of a tensor, as Python's brackets take them. */
export const getItem: OperatorDefinition = {
  keras: ['GetItem'],
  tensorflow: ['__operators__.getitem'],
  parameters: ['x|tensor', 'key|slice_spec'],
  emit: (to, { x, key }) => {
    const value = asKeras(to.graph, tensorOf(to.graph, x, 'the operand of GetItem'));
    return taken(to, value, expanded(itemsOf(key), value.shape.length));
  },
};

/** Places that are worked out of sizes, where these are known: `x[:, : tf.shape(x)[1] // 2]`. */
function withKnownPlaces(item: Operand): Operand {
  const [place, ...more] = knownSizes(item) ?? [];
  if (place !== undefined && more.length === 0) return place;
  if (typeof item !== 'object' || item === null || isValue(item) || Array.isArray(item)) return item;
  const entries = Object.entries(item).map(([key, inner]) => [key, withKnownPlaces(inner) ?? null] as const);
  return Object.fromEntries(entries);
}

function itemsOf(key: Operand): Item[] {
  const list = Array.isArray(key) ? key : [key];
  return list.map((given: Operand): Item => {
    const item = withKnownPlaces(given);
    if (typeof item === 'number') return { kind: 'index', index: item };
    if (item === null || item === undefined) return { kind: 'new' };
    if (item === 'Ellipsis' || item === '...') return { kind: 'ellipsis' };
    if (typeof item !== 'object' || isValue(item)) throw badCall('constant places', 'GetItem', item);
    const { class_name, config } = item as { class_name?: Operand; config?: Operand };
    if (class_name === '__ellipsis__') return { kind: 'ellipsis' };
    const parsed = range.safeParse(class_name === '__slice__' ? config : item);
    if (!parsed.success) throw badCall('a place or a range', 'GetItem', item);
    const { start, stop, step = 1 } = parsed.data;
    if (step === 0) throw badCall('a step', 'GetItem', step);
    return { kind: 'range', start, stop, step };
  });
}

/** Whole ranges where the ellipsis stood, and behind the last item. */
function expanded(items: readonly Item[], rank: number): Item[] {
  const used = items.filter(({ kind }) => kind === 'range' || kind === 'index').length;
  const whole = Array.from({ length: rank - used }, (): Item => ({ kind: 'range', step: 1 }));
  const at = items.findIndex(({ kind }) => kind === 'ellipsis');
  return at < 0 ? [...items, ...whole] : [...items.slice(0, at), ...whole, ...items.slice(at + 1)];
}

const END = 2 ** 31 - 1;

function taken(to: Tensors, value: Value, items: readonly Item[]): Value {
  const cuts: { axis: number; start: number; stop: number; step: number }[] = [];
  const sizes: (number | null)[] = [];
  const gone: number[] = [];
  const added: number[] = [];
  let axis = 0;
  for (const item of items) {
    if (item.kind === 'new') added.push(sizes.push(1) - 1);
    else {
      const size = value.shape[axis] ?? null;
      if (item.kind === 'index') {
        cuts.push({ axis, start: item.index, stop: item.index === -1 ? END : item.index + 1, step: 1 });
        gone.push(axis);
      } else if (item.kind === 'range') {
        const { step, start = step < 0 ? END : 0, stop = step < 0 ? -END : END } = item;
        if (step !== 1 || start !== 0 || stop !== END) cuts.push({ axis, start, stop, step });
        sizes.push(lengthOf(size, item));
      }
      axis++;
    }
  }
  let name = value.name;
  if (cuts.length > 0) {
    const column = (key: 'axis' | 'start' | 'stop' | 'step') => to.graph.ints(cuts.map((cut) => cut[key]));
    name = to.graph.op('Slice', [name, column('start'), column('stop'), column('axis'), column('step')]);
  }
  if (gone.length > 0) name = to.graph.op('Squeeze', [name, to.graph.ints(gone)]);
  if (added.length > 0) name = to.graph.op('Unsqueeze', [name, to.graph.ints(added)]);
  return { ...value, name, shape: sizes };
}

/** How many are left of an axis; what depends on a size that is not fixed is not fixed. */
function lengthOf(size: number | null, { start, stop, step }: Extract<Item, { kind: 'range' }>): number | null {
  if (size === null) return null;
  const clamp = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const from =
    start === undefined ? (step > 0 ? 0 : size - 1) : clamp(start, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
  const to = stop === undefined ? (step > 0 ? size : -1) : clamp(stop, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
  return Math.max(0, Math.ceil((to - from) / step));
}
