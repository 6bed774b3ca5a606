import * as z from 'zod';
import { type LayerConfig, modeOf, type Shape } from '#keras';
import { asKeras, type Value } from '#onnx';
import { defineLayer, emitLayer, innerContext, innerWeights, type ResolvedLayer, shapesOf, single } from '../layer.ts';
import { innerLayer } from '../options.ts';

const options = z.object({
  // Keras calls `layer.call` here, which goes round its own quantization: it would answer with kernels without scales.
  layer: innerLayer.refine(({ config }) => modeOf(config.dtype) === undefined, {
    error: 'a quantized layer inside of TimeDistributed, which Keras computes without its scales',
  }),
});
type Config = z.output<typeof options> & { readonly inner: { readonly layer: ResolvedLayer } };

export const timeDistributed = defineLayer<Config>({
  className: 'TimeDistributed',
  summary:
    'One layer, or a whole model, for each step of a sequence by itself: the steps become samples and sequences again.',
  config: options as unknown as z.ZodType<Config>,
  inner: ({ layer }) => ({ layer: layer as LayerConfig }),
  weights: (c, inputs) => innerWeights('layer', c.inner.layer, [stepOf(single(inputs))]),
  outputShape: (c, inputs) => {
    const sequence = single(inputs);
    const [step = []] = shapesOf(c.inner.layer, [stepOf(sequence)]);
    return [sequence[0] ?? null, sequence[1] ?? null, ...step.slice(1)];
  },
  mask: 'keep',
  emit: (context, c, inputs) => {
    const { graph } = context;
    const { mask: _, ...x } = asKeras(graph, single(inputs));
    const [first, time, ...rest] = x.shape;
    const known = rest.every((size) => size !== null);
    const size = (name: string, start: number, end?: number) =>
      graph.op('Shape', [name], end === undefined ? { start } : { start, end });
    const dims = known
      ? graph.ints([-1, ...(rest as number[])])
      : graph.op('Concat', [graph.ints([-1]), size(x.name, 2)], { axis: 0 });
    const steps: Value = { ...x, name: graph.op('Reshape', [x.name, dims]), shape: [null, ...rest] };
    const [answer] = emitLayer(innerContext(context, 'layer'), c.inner.layer, [steps]);
    const { mask: __, ...each } = asKeras(graph, answer as Value);
    const own = each.shape.slice(1);
    const whole =
      typeof time === 'number' && own.every((one) => one !== null)
        ? graph.ints([-1, time, ...(own as number[])])
        : graph.op('Concat', [size(x.name, 0, 2), size(each.name, 1)], { axis: 0 });
    const shape = [first ?? null, time ?? null, ...own];
    return { ...each, name: graph.op('Reshape', [each.name, whole]), shape };
  },
});

function stepOf(sequence: Shape): Shape {
  return [null, ...sequence.slice(2)];
}
