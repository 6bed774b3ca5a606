import { type Call, type LayerFunction, type Options, type Rule, rules } from '../call.ts';
import { type Doubles, doubles, map, wrong } from '../doubles.ts';

/** Category numbers as Keras's `encode_categorical_inputs` gives them. */
function encode(indices: Doubles, depth: number, { options, path }: Call, otherwise: string): Doubles {
  const mode = options.output_mode ?? otherwise;
  const { shape } = indices;
  if (mode === 'int') return indices;
  if (mode === 'one_hot') {
    const kept = shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
    const data = new Float64Array(indices.data.length * depth);
    for (const [i, index] of indices.data.entries()) if (index >= 0 && index < depth) data[i * depth + index] = 1;
    return doubles([...kept, depth], data);
  }
  if (shape.length !== 2) throw wrong('[batch, values]', `the input of ${path}`, shape);
  const [rows, columns] = shape as [number, number];
  const data = new Float64Array(rows * depth);
  for (const [i, index] of indices.data.entries()) {
    if (index < 0 || index >= depth) continue;
    const at = Math.floor(i / columns) * depth + index;
    data[at] = mode === 'count' ? (data[at] as number) + 1 : 1;
  }
  return doubles([rows, depth], data);
}

function listIn(options: Options, name: string): number[] {
  const list = options[name];
  if (Array.isArray(list) && list.every((item) => typeof item === 'number')) return list;
  throw wrong('numbers', `option ${name}`, list);
}

const categoryEncoding: LayerFunction = (x, call) => {
  const depth = call.options.num_tokens ?? call.options.max_tokens;
  if (typeof depth !== 'number') throw wrong('a number', 'option num_tokens', depth);
  return encode(map(x, Math.trunc), depth, call, 'multi_hot');
};

/** Keras compares in float32. */
const discretization: LayerFunction = (x, call) => {
  const edges = listIn(call.options, 'bin_boundaries').map(Math.fround);
  const bins = map(x, (element) => edges.filter((edge) => Math.fround(element) >= edge).length);
  return encode(bins, edges.length + 1, call, 'int');
};

const integerLookup: LayerFunction = (x, call) => {
  const { options } = call;
  const mask = options.mask_token;
  const oovs = typeof options.num_oov_indices === 'number' ? options.num_oov_indices : 1;
  const special: unknown[] = typeof mask === 'number' ? [mask] : [];
  for (let i = 0; i < oovs; i++) special.push(options.oov_token ?? -1);
  const given = listIn(options, 'vocabulary');
  const tokens = special.every((token, i) => token === given[i]) ? given.slice(special.length) : given;
  const isInt = (options.output_mode ?? 'int') === 'int';
  const first = isInt && typeof mask === 'number' ? 1 : 0;
  const places = map(x, (element) => {
    if (element === mask) return isInt ? 0 : -1;
    const place = tokens.indexOf(element);
    return place < 0 ? first + (((element % oovs) + oovs) % oovs) : first + oovs + place;
  });
  const { pad_to_max_tokens: padded, max_tokens: most } = options;
  const depth = padded === true && typeof most === 'number' ? most : oovs + tokens.length;
  return encode(places, depth, call, 'int');
};

export const CATEGORIES: Record<string, Rule> = rules({
  CategoryEncoding: categoryEncoding,
  Discretization: discretization,
  IntegerLookup: integerLookup,
});
