import { z } from 'zod';
import type { GraphBuilder, Value } from '#onnx';
import { fixed, INTERPOLATIONS, memoryOrder, renamed } from '#onnx';
import { spatialAxes } from '../families/pooling.ts';
import { resizePicture } from '../families/resize.ts';
import { repeated, repeatedShape, upSamplingConfig } from '../families/upsampling.ts';
import { defineLayer, single } from '../layer.ts';

const config = upSamplingConfig(2).extend({
  interpolation: z
    .string()
    .transform((name) => name.toLowerCase())
    .pipe(z.enum(INTERPOLATIONS))
    .default('nearest'),
});

type Config = z.output<typeof config>;

/** Pictures a whole number of times as large: cells repeated, or what lies between them worked out. */
export const upSampling2d = defineLayer<Config>({
  className: 'UpSampling2D',
  config,
  outputShape: (c, inputs) => repeatedShape(c, single(inputs)),
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    if (c.interpolation === 'nearest') return repeated(graph, c, x);
    const axes = spatialAxes(4, c);
    if (c.interpolation === 'bilinear' && axes.some((axis) => x.shape[axis] === null)) return scaled(graph, c, x);
    const [height, width] = axes.map((axis, i) => fixed(x.shape, axis) * (c.size[i] as number)) as [number, number];
    const options = { interpolation: c.interpolation, antialias: false, format: c.data_format };
    return resizePicture(graph, x, [height, width], options);
  },
});

/** Bilinear over sides of any size. */
function scaled(graph: GraphBuilder, c: Config, x: Value): Value {
  const axes = spatialAxes(4, c);
  const factors = x.shape.map((_, axis) => c.size[axes.indexOf(axis)] ?? 1);
  const attributes = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };
  const name = graph.op('Resize', [x.name, '', graph.float(memoryOrder(x, factors))], attributes);
  return renamed(x, name, repeatedShape(c, x.shape));
}
