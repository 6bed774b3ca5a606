import { type Call, inputsOf, type LayerFunction, type LayerResult, type Rule, rules } from '../call.ts';
import {
  add,
  axisOf,
  binary,
  type Doubles,
  doubles,
  expand,
  isDoubles,
  map,
  multiply,
  reduce,
  reshape,
  sumOf,
  transpose,
} from '../doubles.ts';
import { einsum, matmul } from '../einsum.ts';
import { repeat } from '../resize.ts';
import { maskedSoftmax, sigmoid, softmax } from './activations.ts';

const and = (a: Doubles, b: Doubles) => binary(a, b, (x, y) => Number(x !== 0 && y !== 0));

/** 1 where a query may see a key: those up to itself. */
function causal(queries: number, keys: number): Doubles {
  const data = Float64Array.from({ length: queries * keys }, (_, i) => Number(i % keys <= Math.floor(i / keys)));
  return doubles([1, queries, keys], data);
}

/** Keys fewer than `width` steps away. */
function band(queries: number, keys: number, width: number): Doubles {
  const near = (i: number) => Number(Math.abs((i % keys) - Math.floor(i / keys)) < width);
  return doubles(
    [1, queries, keys],
    Float64Array.from({ length: queries * keys }, (_, i) => near(i)),
  );
}

/** Called on [query, value] or [query, value, key]. */
function attention(scoresOf: (query: Doubles, key: Doubles, call: Call) => Doubles): LayerFunction {
  return (_, call): LayerResult => {
    const [query, values, key = values] = inputsOf({ ...call, args: call.args.slice(0, 1) }) as [
      Doubles,
      Doubles,
      Doubles?,
    ];
    const given = Array.isArray(call.keywords.mask) ? call.keywords.mask : [];
    const masks = [query, values].map((x, i) => (isDoubles(given[i]) ? given[i] : x.mask));
    const [queryMask, valueMask] = masks;
    const scores = scoresOf(query, key as Doubles, call);
    const [queries, keys] = scores.shape.slice(-2) as [number, number];
    const isCausal = call.keywords.use_causal_mask === true || call.options.causal === true;
    const counted = valueMask && expand(valueMask, -2);
    const seen = isCausal ? (counted ? and(counted, causal(queries, keys)) : causal(queries, keys)) : counted;
    const weights = softmax(
      seen
        ? binary(
            scores,
            map(seen, (s) => (s !== 0 ? 0 : 1e9)),
            (s, by) => s - by,
          )
        : scores,
      [2],
    );
    const answer = matmul(weights, values);
    const shown = queryMask ? multiply(answer, expand(queryMask, -1)) : answer;
    const output = { ...shown, mask: queryMask };
    return call.keywords.return_attention_scores === true ? [output, weights] : output;
  };
}

function dotScores(query: Doubles, key: Doubles, call: Call): Doubles {
  if (call.options.score_mode === 'concat') {
    const scale = call.options.use_scale === true ? call.weight('scale') : doubles([], [1]);
    const sums = map(multiply(add(expand(query, -2), expand(key, -3)), scale), Math.tanh);
    return multiply(reduce(sums, [3], false, sumOf), call.weight('concat_score_weight'));
  }
  const scores = matmul(query, transpose(key, [0, 2, 1]));
  return call.options.use_scale === true ? multiply(scores, call.weight('scale')) : scores;
}

function additiveScores(query: Doubles, key: Doubles, call: Call): Doubles {
  const sums = map(add(expand(query, -2), expand(key, -3)), Math.tanh);
  const scaled = call.options.use_scale === false ? sums : multiply(sums, call.weight('scale'));
  return reduce(scaled, [3], false, sumOf);
}

/** x [..., in] times kernel [in, ...out] plus bias. */
function projected(x: Doubles, call: Call, name: string): Doubles {
  const kernel = call.weight(`${name}/kernel`);
  const features = x.shape.at(-1) as number;
  const flat = matmul(reshape(x, [-1, features]), reshape(kernel, [features, -1]));
  const answer = reshape(flat, [...x.shape.slice(0, -1), ...kernel.shape.slice(1)]);
  return call.options.use_bias === false ? answer : add(answer, call.weight(`${name}/bias`));
}

const multiHead: LayerFunction = (x, call): LayerResult => {
  const { args, keywords } = call;
  const query = x;
  const values = (args[1] ?? keywords.value) as Doubles;
  const given = args[2] ?? keywords.key;
  const key = isDoubles(given) ? given : values;
  const [q, k, v] = [
    projected(query, call, 'query_dense'),
    projected(key, call, 'key_dense'),
    projected(values, call, 'value_dense'),
  ];
  const scale = 1 / Math.sqrt(q.shape.at(-1) as number);
  const axes = attentionAxes(call, query);
  const equations = attentionEquations(query.shape.length, axes);
  const scores = map(einsum(equations.scores, [k, q]), (score) => score * scale);
  const mask = multiHeadMask(call, { query, key, values, shared: !isDoubles(given) || given === values }, [q, k]);
  const last = axes.map((_, i) => scores.shape.length - axes.length + i);
  const lined = mask && widened(mask, scores.shape.length, axes.length);
  const weights = maskedSoftmax(scores, lined, last);
  const mixed = einsum(equations.answer, [weights, v]);
  const gate = call.options.use_gate === true ? map(projected(query, call, 'gate_dense'), sigmoid) : undefined;
  const heads = gate ? multiply(mixed, gate) : mixed;
  const kernel = call.weight('output_dense/kernel');
  const [count, width] = kernel.shape as [number, number];
  const flat = matmul(reshape(heads, [-1, count * width]), reshape(kernel, [count * width, -1]));
  const joined = reshape(flat, [...query.shape.slice(0, -1), ...kernel.shape.slice(2)]);
  const answer = call.options.use_bias === false ? joined : add(joined, call.weight('output_dense/bias'));
  const output = { ...answer, mask: query.mask };
  const wantsScores = keywords.return_attention_scores ?? args[4];
  return wantsScores === true ? [output, weights] : output;
};

/** Several heads of the query share one of key and value, neighbours the same. */
const groupedQuery: LayerFunction = (query, call): LayerResult => {
  const { args, keywords } = call;
  const values = (args[1] ?? keywords.value) as Doubles;
  const given = args[2] ?? keywords.key;
  const key = isDoubles(given) ? given : values;
  const q = projected(query, call, 'query_dense');
  const heads = q.shape[2] as number;
  const spread = (x: Doubles) => repeat(x, 2, heads / (x.shape[2] as number));
  const [k, v] = [spread(projected(key, call, 'key_dense')), spread(projected(values, call, 'value_dense'))];
  const scale = 1 / Math.sqrt(q.shape[3] as number);
  const scores = map(einsum('bquh,bkuh->buqk', [q, k]), (score) => score * scale);
  const mask = multiHeadMask(call, { query, key, values, shared: !isDoubles(given) || given === values }, [q, k]);
  const weights = maskedSoftmax(scores, mask && widened(mask, 4, 1), [3]);
  const mixed = einsum('buqk,bkuh->bquh', [weights, v]);
  const gated =
    call.options.use_gate === true ? multiply(mixed, map(projected(query, call, 'gate_dense'), sigmoid)) : mixed;
  const flat = einsum('bquh,uhm->bqm', [gated, call.weight('output_dense/kernel')]);
  const answer = call.options.use_bias === false ? flat : add(flat, call.weight('output_dense/bias'));
  const output = { ...answer, mask: query.mask };
  return keywords.return_attention_scores === true ? [output, weights] : output;
};

function attentionAxes({ options }: Call, query: Doubles): number[] {
  const { attention_axes: given } = options;
  const rank = query.shape.length;
  if (given === null || given === undefined) return Array.from({ length: rank - 2 }, (_, i) => i + 1);
  return (Array.isArray(given) ? given : [given]).map((axis: number) => axisOf(axis, rank));
}

/** Letters: batch axes as they are, attended axes twice (query a.., key k..), `h` heads, `d` width. */
function attentionEquations(rank: number, axes: readonly number[]) {
  const letters = (attended: string) =>
    Array.from({ length: rank - 1 }, (_, i) => (axes.includes(i) ? attended[axes.indexOf(i)] : 'uvwxyz'[i])).join('');
  const [query, key] = [letters('abc'), letters('klm')];
  const batch = [...query].filter((letter) => key.includes(letter)).join('');
  const scores = `${batch}h${'abc'.slice(0, axes.length)}${'klm'.slice(0, axes.length)}`;
  return { scores: `${key}hd,${query}hd->${scores}`, answer: `${scores},${key}hd->${query}hd` };
}

interface Attended {
  readonly query: Doubles;
  readonly key: Doubles;
  readonly values: Doubles;
  /** No key of its own was given. */
  readonly shared: boolean;
}

/** Every mask there is, all of which must allow a pair. */
function multiHeadMask(call: Call, { query, key, values, shared }: Attended, [q, k]: readonly [Doubles, Doubles]) {
  const { keywords, options, args } = call;
  const { sliding_window: window } = options;
  const pick = (name: string, own: Doubles | undefined) =>
    isDoubles(keywords[name]) ? (keywords[name] as Doubles) : own;
  const [queryMask, valueMask] = [pick('query_mask', query.mask), pick('value_mask', values.mask)];
  const keyMask = shared ? undefined : pick('key_mask', key.mask);
  const given = args[3] ?? keywords.attention_mask;
  const [queries, keys] = [q.shape[1] as number, k.shape[1] as number];
  const all = [
    queryMask && expand(queryMask, -1),
    valueMask && expand(valueMask, -2),
    keyMask && expand(keyMask, -2),
    keywords.use_causal_mask === true ? causal(queries, keys) : undefined,
    typeof window === 'number' ? band(queries, keys, window) : undefined,
    isDoubles(given) ? given : undefined,
  ].filter((mask) => mask !== undefined);
  return all.length === 0 ? undefined : all.reduce(and);
}

/** Axes of 1 for the heads, before those of queries and keys. */
function widened(mask: Doubles, rank: number, attended: number): Doubles {
  let wide = mask;
  while (wide.shape.length < rank) {
    const at = wide.shape.length - attended * 2;
    wide = reshape(wide, [...wide.shape.slice(0, at), 1, ...wide.shape.slice(at)]);
  }
  return wide;
}

export const ATTENTIONS: Record<string, Rule> = rules({
  Attention: attention(dotScores),
  AdditiveAttention: attention(additiveScores),
  MultiHeadAttention: multiHead,
  GroupQueryAttention: groupedQuery,
  GroupedQueryAttention: groupedQuery,
});
