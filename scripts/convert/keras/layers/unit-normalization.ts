import { z } from 'zod';
import { memoryAxis, renamed } from '#onnx';
import { axes } from '../families/normalization.ts';
import { defineLayer, single } from '../layer.ts';

const config = z.object({ axis: axes.prefault(-1) });

/** Keras's: what is shorter is divided by this. */
const SHORTEST = 1e-12;

/** Each sample divided by its length over some axes. */
export const unitNormalization = defineLayer<z.output<typeof config>>({
  className: 'UnitNormalization',
  config,
  mask: 'keep',
  outputShape: (_, inputs) => single(inputs),
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    const over = graph.ints(c.axis.map((axis) => memoryAxis(x, axis)));
    const length = graph.op('ReduceL2', [x.name, over], { keepdims: 1 });
    return renamed(x, graph.op('Div', [x.name, graph.op('Max', [length, graph.float(SHORTEST)])]));
  },
});
