import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape } from '#keras';
import { asKeras, DATATYPE_NUMBERS, type GraphBuilder, type Value } from '#onnx';
import { defineLayer, single } from '../layer.ts';
import { cast } from '../operators/operand.ts';

/** What becomes of the numbers of categories. Earlier names of Keras 2 are read as today's. */
const outputMode = (fallback: 'int' | 'multi_hot') =>
  z.preprocess(
    (mode) => (mode === 'binary' ? 'multi_hot' : (mode ?? fallback)),
    z.enum(['int', 'one_hot', 'multi_hot', 'count']),
  );

type OutputMode = 'int' | 'one_hot' | 'multi_hot' | 'count';

/** The shape of encoded categories: one_hot drops a last axis of 1, multi_hot and count sum up the last axis. */
function encodedShape(mode: OutputMode, depth: number, input: Shape): Shape {
  if (mode === 'int') return input;
  if (mode === 'one_hot') return [...(dropsLast(input) ? input.slice(0, -1) : input), depth];
  if (input.length !== 2) {
    const reason = expected('[batch, values]', `the input of ${mode}`, input);
    throw new FreezeframeError('unsupported-layer', reason, { remedy: 'Flatten it first.' });
  }
  return [input[0] ?? null, depth];
}

/** @param indices int64; what is not in 0..depth-1 counts for nothing */
function encoded(graph: GraphBuilder, mode: OutputMode, depth: number, indices: Value): Value {
  if (mode === 'int') return indices;
  const shape = encodedShape(mode, depth, indices.shape);
  const numbers = graph.ints(Array.from({ length: depth }, (_, i) => i));
  const isLast = mode === 'one_hot' && dropsLast(indices.shape);
  const column = isLast ? indices.name : graph.op('Unsqueeze', [indices.name, graph.ints([-1])]);
  const hot = graph.op('Cast', [graph.op('Equal', [column, numbers])], { to: 1 });
  if (mode === 'one_hot') return { name: hot, shape, datatype: 'float32', layout: 'channels-last' };
  const name = graph.op(mode === 'count' ? 'ReduceSum' : 'ReduceMax', [hot, graph.ints([1])], { keepdims: 0 });
  return { name, shape, datatype: 'float32', layout: 'channels-last' };
}

function dropsLast(shape: Shape): boolean {
  return shape.length > 1 && shape.at(-1) === 1;
}

const encodingConfig = z
  .object({
    num_tokens: z.number().int().positive().optional(),
    // Keras 2.4 and 2.5.
    max_tokens: z.number().int().positive().nullish(),
    output_mode: outputMode('multi_hot'),
  })
  .transform(({ num_tokens, max_tokens, output_mode }) => ({ depth: num_tokens ?? max_tokens ?? 0, output_mode }))
  .refine(({ depth }) => depth > 0, { message: 'num_tokens is not given' });

const categoryEncoding = defineLayer<z.output<typeof encodingConfig>>({
  className: 'CategoryEncoding',
  summary: 'Numbers of categories as vectors of zeros and ones, or counts.',
  config: encodingConfig,
  integers: true,
  outputShape: (c, inputs) => encodedShape(c.output_mode, c.depth, single(inputs)),
  emit: ({ graph }, c, inputs) =>
    encoded(graph, c.output_mode, c.depth, cast(graph, asKeras(graph, single(inputs)), 'int64')),
});

const noBoundaries = 'its boundaries are not in the config: adapt the layer, or give it bin_boundaries, and save again';
const binsConfig = z
  .object({
    bin_boundaries: z.array(z.number(), { error: noBoundaries }).min(1),
    output_mode: outputMode('int'),
    sparse: z.literal(false).nullish(),
  })
  .transform((c) => ({ ...c, depth: c.bin_boundaries.length + 1 }));

const discretization = defineLayer<z.output<typeof binsConfig>>({
  className: 'Discretization',
  summary: 'The number of the bin that each value lies in: how many boundaries are not above it.',
  config: binsConfig,
  outputShape: (c, inputs) => encodedShape(c.output_mode, c.depth, single(inputs)),
  emit: ({ graph }, c, inputs) => {
    const x = asKeras(graph, single(inputs));
    const column = graph.op('Unsqueeze', [x.name, graph.ints([-1])]);
    const above = graph.op('GreaterOrEqual', [column, graph.float(c.bin_boundaries)]);
    const ones = graph.op('Cast', [above], { to: DATATYPE_NUMBERS.int64 });
    const name = graph.op('ReduceSum', [ones, graph.ints([-1])], { keepdims: 0 });
    const bins = encoded(graph, c.output_mode, c.depth, { ...x, name, datatype: 'int64' });
    return c.output_mode === 'int' ? cast(graph, bins, 'int32') : bins;
  },
});

const whole = z.number().int();
const noVocabulary = 'its vocabulary is not in the config: make the layer with vocabulary=layer.get_vocabulary()';
const lookupConfig = z
  .object({
    vocabulary: z.array(whole, { error: noVocabulary }).min(1),
    mask_token: whole.nullish(),
    oov_token: whole.default(-1),
    num_oov_indices: whole.min(1, { error: '0: what is not in the vocabulary is an error in Keras' }).default(1),
    max_tokens: whole.nullish(),
    pad_to_max_tokens: z.boolean().nullish(),
    output_mode: outputMode('int'),
    invert: z.literal(false, { error: 'true: numbers back into tokens' }).nullish(),
    oov_method: z.literal('floormod', { error: 'only floormod is known' }).nullish(),
  })
  .transform((c) => {
    const mask = typeof c.mask_token === 'number' ? [c.mask_token] : [];
    // The mask takes the number 0, and none where the numbers become vectors.
    const firstOov = c.output_mode === 'int' ? mask.length : 0;
    const special = [...mask, ...Array.from({ length: c.num_oov_indices }, () => c.oov_token)];
    const hasSpecial = special.every((token, i) => c.vocabulary[i] === token);
    const tokens = hasSpecial ? c.vocabulary.slice(special.length) : c.vocabulary;
    const used = c.num_oov_indices + tokens.length;
    const depth = c.pad_to_max_tokens && c.max_tokens ? c.max_tokens : used;
    return { ...c, tokens, mask: mask[0], firstOov, depth };
  });

const integerLookup = defineLayer<z.output<typeof lookupConfig>>({
  className: 'IntegerLookup',
  summary: 'The place of a number in a vocabulary; numbers beyond it share `num_oov_indices` places in front.',
  config: lookupConfig,
  integers: true,
  outputShape: (c, inputs) => encodedShape(c.output_mode, c.depth, single(inputs)),
  emit: ({ graph }, c, inputs) => {
    const x = cast(graph, asKeras(graph, single(inputs)), 'int64');
    const { firstOov, num_oov_indices: oovs, tokens } = c;
    const found = graph.op('Equal', [graph.op('Unsqueeze', [x.name, graph.ints([-1])]), graph.ints(tokens)]);
    const ones = graph.op('Cast', [found], { to: DATATYPE_NUMBERS.int64 });
    const last = graph.ints([-1]);
    // One more than the place, so that 0 is left for what is not there.
    const places = graph.ints(tokens.map((_, i) => firstOov + oovs + i + 1));
    const sum = graph.op('ReduceSum', [graph.op('Mul', [ones, places]), last], { keepdims: 0 });
    const other = graph.op('Add', [graph.op('Mod', [x.name, graph.int(oovs)]), graph.int(firstOov)]);
    const isThere = graph.op('Greater', [sum, graph.int(0)]);
    const place = graph.op('Where', [isThere, graph.op('Sub', [sum, graph.int(1)]), other]);
    const name = c.mask === undefined ? place : masked();
    return encoded(graph, c.output_mode, c.depth, { ...x, name, datatype: 'int64' });

    function masked(): string {
      const isMask = graph.op('Equal', [x.name, graph.int(c.mask as number)]);
      return graph.op('Where', [isMask, graph.int(c.output_mode === 'int' ? 0 : -1), place]);
    }
  },
});

/** Layers whose answers are numbers of categories, or vectors made of them. */
export const CATEGORY_LAYERS = [categoryEncoding, discretization, integerLookup];
