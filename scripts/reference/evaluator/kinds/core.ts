import { type Call, identity, type LayerFunction, type LayerResult, type Rule, rules } from '../call.ts';
import { add, binary, type Doubles, doubles, map, reduce, reshape, wrong } from '../doubles.ts';
import { einsum } from '../einsum.ts';
import { product } from '../matrix.ts';
import { asQuantized } from '../quantized.ts';
import { activate } from './activations.ts';

const dense: LayerFunction = (given, call) => {
  const x = asQuantized(given, [given.shape.length - 1], call);
  const { shape, data } = call.tensor('kernel');
  const [inner, columns] = shape as [number, number];
  if (x.shape.at(-1) !== inner) throw wrong(`${inner} features`, `the input of ${call.path}`, x.shape);
  const answer = doubles([...x.shape.slice(0, -1), columns]);
  product(x.data, data, answer.data, { rows: x.data.length / inner, inner, columns });
  return activate(
    call.options.use_bias === false ? answer : add(answer, call.weight('bias')),
    call.options.activation,
    call,
  );
};

const einsumDense: LayerFunction = (given, call) => {
  const { equation, bias_axes: biasAxes, activation } = call.options;
  const [, terms = '', kept = ''] = /^(.+),.+->(.+)$/.exec(String(equation)) ?? [];
  const letters = terms.replace('...', '.'.repeat(given.shape.length - terms.replace('...', '').length));
  const summed = [...letters].flatMap((letter, axis) => (letter === '.' || kept.includes(letter) ? [] : [axis]));
  const answer = einsum(String(equation), [asQuantized(given, summed, call), call.weight('kernel')]);
  const hasBias = biasAxes !== null && biasAxes !== undefined;
  return activate(hasBias ? add(answer, call.weight('bias')) : answer, activation, call);
};

/** Indices pick rows. With `mask_zero`, index 0 does not count. */
const embedding: LayerFunction = (x, call) => {
  const { shape, data } = call.tensor('embeddings');
  const [rows, width] = shape as [number, number];
  const answer = doubles([...x.shape, width]);
  for (const [i, index] of x.data.entries()) {
    const row = Math.trunc(index);
    if (row < 0 || row >= rows) throw wrong(`an index below ${rows}`, `the input of ${call.path}`, index);
    answer.data.set(data.subarray(row * width, (row + 1) * width), i * width);
  }
  if (call.options.mask_zero !== true) return answer;
  return { ...answer, mask: map(x, (index) => Number(index !== 0)) };
};

/** Steps of which every feature is `mask_value` do not count, and are 0. */
const masking: LayerFunction = (x, { options }) => {
  const unwanted = options.mask_value === null ? Number.NaN : Math.fround(Number(options.mask_value ?? 0));
  const last = x.shape.length - 1;
  const kept = reduce(x, [last], true, (row) => Number(row.some((element) => element !== unwanted)));
  const answer = binary(x, kept, (element, counts) => (counts === 0 ? 0 : element));
  return { ...answer, mask: reshape(kept, x.shape.slice(0, -1)) };
};

/** The inner layer on each step as if it were a sample. */
function timeDistributed(x: Doubles, call: Call): LayerResult {
  const layer = innerLayer(call);
  const [batch, steps] = x.shape as [number, number];
  const folded = reshape(x, [batch * steps, ...x.shape.slice(2)]);
  // The inner layer sees one step, and of the mask what is left of it.
  const mask =
    x.mask && x.mask.shape.length > 2 ? reshape(x.mask, [batch * steps, ...x.mask.shape.slice(2)]) : undefined;
  const [answer] = call.inner(layer, 'layer', [mask ? { ...folded, mask } : folded]) as [Doubles];
  return reshape({ shape: answer.shape, data: answer.data }, [batch, steps, ...answer.shape.slice(1)]);
}

export function innerLayer({ options, path }: Call, name = 'layer') {
  const layer = options[name] as { class_name?: unknown; config?: unknown } | undefined;
  if (typeof layer?.class_name !== 'string') throw wrong('a layer', `option ${name} of ${path}`, layer);
  return { ...layer, class_name: layer.class_name, config: (layer.config ?? {}) as Record<string, unknown> };
}

/** Outside training the inner layer alone. */
const wrapped: LayerFunction = (x, call) => call.inner(innerLayer(call), 'layer', [x]);

export const CORE: Record<string, Rule> = {
  ...rules({ Dense: dense, TimeDistributed: timeDistributed }, { keepsMask: true }),
  ...rules({ Identity: identity }, { keepsMask: 'in Keras 3' }),
  ...rules({ InputLayer: identity }, { keepsIntegers: true }),
  ...rules({ EinsumDense: einsumDense, Embedding: embedding, Masking: masking, SpectralNormalization: wrapped }),
  ...rules(
    {
      Dropout: identity,
      SpatialDropout1D: identity,
      SpatialDropout2D: identity,
      SpatialDropout3D: identity,
      GaussianDropout: identity,
      GaussianNoise: identity,
      AlphaDropout: identity,
      ActivityRegularization: identity,
      AddLoss: identity,
      AddMetric: identity,
      StochasticDepth: identity,
    },
    { keepsMask: true },
  ),
};
