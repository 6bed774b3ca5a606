import { z } from 'zod';
import { alignInputs, foldInputs, mergedShape } from '../families/merge.ts';
import { defineLayer } from '../layer.ts';

const config = z.object({ scale: z.number() });

/** The first tensor and a share of the second: the layer of `keras.applications`' InceptionResNetV2. */
export const customScaleLayer = defineLayer<z.output<typeof config>>({
  className: 'CustomScaleLayer',
  config,
  outputShape: (_, inputs) => mergedShape(inputs),
  emit: ({ graph }, { scale }, inputs) => {
    const [first, second] = alignInputs(graph, inputs);
    if (!first || !second) return foldInputs(graph, inputs, 'Add');
    return foldInputs(graph, [first, { ...second, name: graph.op('Mul', [second.name, graph.float(scale)]) }], 'Add');
  },
});
