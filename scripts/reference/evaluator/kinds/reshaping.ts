import { type Call, channelsFirst, type LayerFunction, numberIn, type Rule, rules, sizesIn } from '../call.ts';
import { concat, type Doubles, expand, pad, reshape, slice, transpose, wrong } from '../doubles.ts';
import { rankOf } from '../spatial.ts';

/** Channels first is read as channels last before flattening. */
const flatten: LayerFunction = (x, { options }) => {
  const rank = x.shape.length;
  const moved = channelsFirst(options) && rank > 2 ? transpose(x, [0, ...x.shape.map((_, i) => i).slice(2), 1]) : x;
  return reshape(moved, [x.shape[0] as number, x.data.length / Math.max(1, x.shape[0] as number)]);
};

const reshaping: LayerFunction = (x, { options }) => {
  const { target_shape: target } = options;
  if (!Array.isArray(target)) throw wrong('a list', 'option target_shape', target);
  return reshape(x, [x.shape[0] as number, ...target]);
};

const permute: LayerFunction = (x, { options }) => transpose(x, [0, ...sizesIn(options, 'dims', x.shape.length - 1)]);

const repeatVector: LayerFunction = (x, { options }) => {
  const step = expand(x, 1);
  return concat(
    Array.from({ length: numberIn(options, 'n') }, () => step),
    1,
  );
};

/** One number for all sides, one for each axis, or one for each side. */
function edgesOf(given: unknown, rank: number): [number, number][] {
  const pairs = typeof given === 'number' ? Array.from({ length: rank }, () => given) : given;
  if (!Array.isArray(pairs)) throw wrong('numbers', 'option padding', given);
  const list = rank === 1 && pairs.length === 2 && pairs.every((p) => typeof p === 'number') ? [pairs] : pairs;
  return list.map((pair) => (Array.isArray(pair) ? [Number(pair[0]), Number(pair[1])] : [Number(pair), Number(pair)]));
}

function onSides(x: Doubles, call: Call, edges: readonly (readonly [number, number])[]) {
  const first = channelsFirst(call.options) ? 2 : 1;
  return x.shape.map((_, i) => edges[i - first] ?? ([0, 0] as const));
}

const zeroPadding: LayerFunction = (x, call) =>
  pad(x, onSides(x, call, edgesOf(call.options.padding ?? 1, rankOf(call))));

const cropping: LayerFunction = (x, call) =>
  onSides(x, call, edgesOf(call.options.cropping ?? 0, rankOf(call))).reduce(
    (rest, [before, after], axis) =>
      before + after === 0 ? rest : slice(rest, axis, before, (rest.shape[axis] as number) - before - after),
    x,
  );

export const RESHAPINGS: Record<string, Rule> = rules(
  {
    Flatten: flatten,
    Reshape: reshaping,
    Permute: permute,
    RepeatVector: repeatVector,
    ZeroPadding1D: zeroPadding,
    ZeroPadding2D: zeroPadding,
    ZeroPadding3D: zeroPadding,
    Cropping1D: cropping,
    Cropping2D: cropping,
    Cropping3D: cropping,
  },
  { keepsIntegers: true },
);
