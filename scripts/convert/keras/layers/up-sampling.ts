import * as z from 'zod';
import type { Shape } from '#keras';
import { fixed, type GraphBuilder, memoryOrder, renamed, type Value } from '#onnx';
import { defineLayer, type LayerDefinition, single } from '../layer.ts';
import { dataFormat, interpolation, perAxis } from '../options.ts';
import { resizePicture } from '../pictures/resize.ts';
import { spatialAxes } from './pooling.ts';

const config = (rank: number) => z.object({ size: perAxis(rank).prefault(2), data_format: dataFormat });

type Config = z.output<ReturnType<typeof config>>;

const pictureConfig = config(2).extend({ interpolation: interpolation('nearest') });

type PictureConfig = z.output<typeof pictureConfig>;

function factorsOf(c: Config, rank: number): number[] {
  const axes = spatialAxes(rank, c);
  return Array.from({ length: rank }, (_, axis) => c.size[axes.indexOf(axis)] ?? 1);
}

function enlargedShape(c: Config, input: Shape): Shape {
  const factors = factorsOf(c, input.length);
  return input.map((size, axis) => (size === null ? null : size * (factors[axis] as number)));
}

const REPEATED = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
const BILINEAR = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };

/** Sides of any size, as ONNX's own operator does it. */
function enlarged(graph: GraphBuilder, c: Config, x: Value, attributes: typeof REPEATED | typeof BILINEAR): Value {
  const scales = graph.float(memoryOrder(x, factorsOf(c, x.shape.length)));
  return renamed(x, graph.op('Resize', [x.name, '', scales], attributes), enlargedShape(c, x.shape));
}

function enlargedPicture(graph: GraphBuilder, c: PictureConfig, x: Value): Value {
  if (c.interpolation === 'nearest') return enlarged(graph, c, x, REPEATED);
  const axes = spatialAxes(4, c);
  if (c.interpolation === 'bilinear' && axes.some((axis) => x.shape[axis] === null)) {
    return enlarged(graph, c, x, BILINEAR);
  }
  const [height, width] = axes.map((axis, i) => fixed(x.shape, axis) * (c.size[i] as number)) as [number, number];
  const options = { interpolation: c.interpolation, antialias: false, format: c.data_format };
  return resizePicture(graph, x, [height, width], options);
}

function upSampling(rank: 1 | 3, summary: string): LayerDefinition {
  return defineLayer<Config>({
    className: `UpSampling${rank}D`,
    summary,
    config: config(rank),
    outputShape: (c, inputs) => enlargedShape(c, single(inputs)),
    emit: ({ graph }, c, inputs) => enlarged(graph, c, single(inputs), REPEATED),
  });
}

/** Layers that make each spatial axis a whole number of times as long. */
export const UP_SAMPLING_LAYERS = [
  upSampling(1, 'Every step repeated.'),
  defineLayer<PictureConfig>({
    className: 'UpSampling2D',
    summary: 'Pictures a whole number of times as large: cells repeated, or what lies between them worked out.',
    config: pictureConfig,
    outputShape: (c, inputs) => enlargedShape(c, single(inputs)),
    emit: ({ graph }, c, inputs) => enlargedPicture(graph, c, single(inputs)),
  }),
  upSampling(3, 'Every cell of a volume repeated along each axis.'),
];
