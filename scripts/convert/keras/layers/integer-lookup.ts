import { z } from 'zod';
import { asKeras, DATATYPE_NUMBERS } from '#onnx';
import { encoded, encodedShape, outputMode } from '../families/categories.ts';
import { defineLayer, single } from '../layer.ts';
import { cast } from '../operators/operator.ts';

const whole = z.number().int();
const missing = 'its vocabulary is not in the config: make the layer with vocabulary=layer.get_vocabulary()';
const config = z
  .object({
    vocabulary: z.array(whole, { error: missing }).min(1),
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

/** The place of a number in a vocabulary; numbers beyond it share `num_oov_indices` places in front. */
export const integerLookup = defineLayer<z.output<typeof config>>({
  className: 'IntegerLookup',
  config,
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
