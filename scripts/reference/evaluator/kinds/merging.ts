import type { Writer } from '#keras';
import { type Call, inputsOf, type LayerFunction, numberIn, type Rule, rules } from '../call.ts';
import {
  add,
  axisOf,
  binary,
  broadcastTo,
  concat,
  type Doubles,
  doubles,
  expand,
  map,
  multiply,
  reduce,
  reshape,
  subtract,
  where,
  wrong,
} from '../doubles.ts';
import { einsum } from '../einsum.ts';
import { unit } from './normalization.ts';

/** Inputs of lower rank get axes of 1 behind the batch. */
function lined(inputs: readonly Doubles[]): Doubles[] {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  return inputs.map((x) =>
    reshape(x, [x.shape[0] as number, ...Array(rank - x.shape.length).fill(1), ...x.shape.slice(1)]),
  );
}

/** A step counts that counts in any input, provided that all have masks. In Keras 2 it must count in all that have; 3.0 to 3.3 forget masks. */
function mergedMask(call: Call): Doubles | undefined {
  const inputs = inputsOf(call);
  const masks = inputs.flatMap(({ mask }) => (mask ? [mask] : []));
  if (masks.length === 0 || call.writer === 'keras-3.0') return undefined;
  if (call.writer === 'keras-2') return masks.reduce(multiply);
  return masks.length < inputs.length ? undefined : masks.reduce(either);
}

const either = (a: Doubles, b: Doubles) => binary(a, b, Math.max);

function merge(f: (inputs: readonly Doubles[]) => Doubles): LayerFunction {
  return (_, call) => {
    const inputs = inputsOf(call);
    return { ...f(lined(inputs)), mask: mergedMask(call) };
  };
}

/** A mask in the full shape of its tensor. Tensors that are given axes first have none. */
function fullMask({ mask, shape }: Doubles): Doubles | undefined {
  return mask && shape.length === 3 ? broadcastTo(expand(mask, -1), shape) : undefined;
}

const product: LayerFunction = (x, call) => {
  const inputs = inputsOf(call);
  const masks = inputs.map(fullMask);
  if (call.writer !== 'keras-3.4' || !sameRank(inputs)) return folded(multiply)(x, call);
  const one = doubles([], [1]);
  const factors = inputs.map((input, i) => (masks[i] ? where(masks[i], input, one) : input));
  const all = factors.reduce(multiply);
  const known = masks.filter((mask) => mask !== undefined);
  const answer = known.length < inputs.length ? all : where(known.reduce(either), all, doubles([], [0]));
  return { ...answer, mask: mergedMask(call) };
};

function sameRank(inputs: readonly Doubles[]): boolean {
  return new Set(inputs.map(({ shape }) => shape.length)).size === 1;
}

/** Keras's `_apply_merge_op_and_or_mask`. */
function extreme(choose: (a: number, b: number) => number): LayerFunction {
  return (first, call) => {
    const inputs = inputsOf(call);
    if (call.writer !== 'keras-3.4' || !sameRank(inputs)) return folded((a, b) => binary(a, b, choose))(first, call);
    let [output, kept] = [inputs[0] as Doubles, fullMask(inputs[0] as Doubles)];
    for (const input of inputs.slice(1)) {
      const mask = fullMask(input);
      const x = mask ? where(mask, input, output) : input;
      if (kept) output = where(kept, output, x);
      kept = mask && kept ? either(kept, mask) : undefined;
      output = binary(output, x, choose);
    }
    return { ...output, mask: mergedMask(call) };
  };
}

const folded = (f: (a: Doubles, b: Doubles) => Doubles) => merge((inputs) => inputs.reduce(f));

const average = merge((inputs) => map(inputs.reduce(add), (sum) => sum / inputs.length));

const concatenate: LayerFunction = (_, call) => {
  const inputs = inputsOf(call);
  const rank = (inputs[0] as Doubles).shape.length;
  const axis = axisOf(numberIn(call.options, 'axis', -1), rank);
  return { ...concat(inputs, axis), mask: joinedMask(inputs, axis, call.writer) };
};

/** Keras: masks in full shape, joined along the same axis; a step counts if any of its features does, in Keras 2 if all do. */
function joinedMask(inputs: readonly Doubles[], axis: number, writer: Writer): Doubles | undefined {
  if (inputs.every(({ mask }) => mask === undefined) || writer === 'keras-3.0') return undefined;
  const masks = inputs.map((x) => {
    const ones = doubles(x.shape, new Float64Array(x.data.length).fill(1));
    if (!x.mask) return ones;
    return x.mask.shape.length < x.shape.length ? broadcastTo(expand(x.mask, -1), x.shape) : x.mask;
  });
  const joined = concat(masks, axis);
  return reduce(joined, [joined.shape.length - 1], false, (row) =>
    Number(row[writer === 'keras-2' ? 'every' : 'some']((counts) => counts !== 0)),
  );
}

/** The sum over one axis of each of two tensors, sample by sample; what is left stands in the inputs' order. */
export function batchDot([a, b]: readonly Doubles[], axes: unknown, normalize = false): Doubles {
  if (!a || !b) throw wrong('two inputs', 'a dot product', a?.shape);
  const plain = [a.shape.length - 1, b.shape.length === 2 ? 1 : b.shape.length - 2];
  const [i, j] = (Array.isArray(axes) ? axes : axes === null || axes === undefined ? plain : [axes, axes]) as number[];
  const [p, q] = [axisOf(i as number, a.shape.length), axisOf(j as number, b.shape.length)];
  const [x, y] = normalize ? [unit(a, [p]), unit(b, [q])] : [a, b];
  const letters = (shape: readonly number[], at: number, names: string) =>
    shape.map((_, n) => (n === 0 ? 'z' : n === at ? 's' : names[n])).join('');
  const [left, right] = [letters(x.shape, p, 'abcdefgh'), letters(y.shape, q, 'ijklmnop')];
  const rest = (left + right).replaceAll(/[zs]/g, '');
  const answer = einsum(`${left},${right}->z${rest}`, [x, y]);
  return rest === '' ? reshape(answer, [answer.shape[0] as number, 1]) : answer;
}

/** InceptionResNetV2's own layer. */
const scaledSum: LayerFunction = (_, call) => {
  const [first, second] = pair(call);
  const scale = numberIn(call.options, 'scale', Number.NaN);
  return add(
    first,
    map(second, (element) => element * scale),
  );
};

const dot: LayerFunction = (_, call) => batchDot(pair(call), call.options.axes, call.options.normalize === true);

function pair(call: Call): [Doubles, Doubles] {
  const inputs = inputsOf(call);
  if (inputs.length !== 2) throw wrong('two inputs', `layer ${call.path}`, inputs.length);
  return inputs as [Doubles, Doubles];
}

export const MERGES: Record<string, Rule> = rules({
  Add: folded(add),
  Subtract: folded(subtract),
  Multiply: product,
  Average: average,
  Maximum: extreme(Math.max),
  Minimum: extreme(Math.min),
  Concatenate: concatenate,
  CustomScaleLayer: scaledSum,
  Dot: dot,
});
