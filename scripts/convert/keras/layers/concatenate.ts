import * as z from 'zod';
import type { Shape } from '#keras';
import { type GraphBuilder, memoryAxis, type Value } from '#onnx';
import { defineLayer, ofItsTime, type Written } from '../layer.ts';
import { orElse } from '../options.ts';
import { joinMasks, sameLayout } from './merging.ts';

const config = z.object({ axis: orElse(z.number().int(), -1) });
type Config = z.output<typeof config> & Written;

export const concatenate = defineLayer<Config>({
  className: 'Concatenate',
  summary: 'Tensors side by side along one axis.',
  ...ofItsTime(config),
  outputShape: (c, inputs) => joinedShape(c.axis, inputs),
  emit: ({ graph }, c, inputs) => {
    const aligned = sameLayout(graph, inputs);
    const first = aligned[0] as Value;
    const name = graph.op(
      'Concat',
      aligned.map((value) => value.name),
      { axis: memoryAxis(first, c.axis) },
    );
    return {
      ...first,
      name,
      shape: joinedShape(
        c.axis,
        inputs.map((value) => value.shape),
      ),
    };
  },
  mask: ({ graph }, c, inputs) => [joinedMask(graph, c, inputs)],
});

function joinedShape(axis: number, inputs: readonly Shape[]): Shape {
  const first = inputs[0] as Shape;
  const along = axis < 0 ? axis + first.length : axis;
  return first.map((size, i) => {
    if (i !== along) return size;
    const sizes = inputs.map((shape) => shape[i] ?? null);
    return sizes.reduce((sum, next) => (sum === null || next === null ? null : sum + next));
  });
}

/**
 * Along the time axis masks are joined; along the features a step that is there in one is there, or in Keras 2 one that is
 * there in all. None: all are there. Keras 3.0 to 3.3 lose them.
 */
function joinedMask(graph: GraphBuilder, { axis, writer }: Config, inputs: readonly Value[]): string | undefined {
  const rank = (inputs[0] as Value).shape.length;
  if (inputs.every((input) => input.mask === undefined) || rank < 3 || writer === 'keras-3.0') return undefined;
  const masks = inputs.map((input) => input.mask ?? allThere(graph, input));
  const along = axis < 0 ? axis + rank : axis;
  if (along === 1) return graph.op('Concat', masks, { axis: 1 });
  return joinMasks(graph, { writer }, masks);
}

/** A mask of nothing but true. */
function allThere(graph: GraphBuilder, input: Value): string {
  const plain = graph.toLayout(input, 'channels-last');
  const size = graph.op('Shape', [plain.name], { start: 0, end: 2 });
  return graph.op('Expand', [graph.constant('bool', [1], [1, 1]), size]);
}
