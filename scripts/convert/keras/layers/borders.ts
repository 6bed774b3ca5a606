import * as z from 'zod';
import type { Shape } from '#keras';
import { type DataFormat, type GraphBuilder, memoryAxis, memoryOrder, renamed, type Value } from '#onnx';
import { defineLayer, type LayerDefinition, single } from '../layer.ts';
import { dataFormat } from '../options.ts';

/** Cells before and behind, along one axis. */
type Border = readonly [before: number, behind: number];

const cells = z.number().int().nonnegative();
const pair = z.tuple([cells, cells]);

/** Keras's short forms: one number, one per axis, or before and behind per axis; for one axis, a number or a pair. */
export function borders(rank: number) {
  const perAxis = rank === 1 ? z.union([cells, pair]) : z.union([cells, z.array(z.union([cells, pair])).length(rank)]);
  return perAxis.transform((value): Border[] => {
    const list = typeof value === 'number' || rank === 1 ? Array.from({ length: rank }, () => value) : value;
    return (list as readonly (number | Border)[]).map((item) => (typeof item === 'number' ? [item, item] : item));
  });
}

/** Before and behind for every axis, in Keras's order. */
export function onAllAxes(spatial: readonly Border[], format: DataFormat): Border[] {
  const none: Border = [0, 0];
  return format === 'channels_last' ? [none, ...spatial, none] : [none, none, ...spatial];
}

/** The shape with borders added (`sign` 1) or taken away (-1). */
export function borderedShape(input: Shape, all: readonly Border[], sign: 1 | -1): Shape {
  return input.map((size, axis) => {
    const [before, behind] = all[axis] as Border;
    return size === null ? null : size + sign * (before + behind);
  });
}

/** Zeros around each sample. */
function pad(graph: GraphBuilder, x: Value, all: readonly Border[]): Value {
  const inMemory = memoryOrder(x, all);
  const pads = [...inMemory.map(([before]) => before), ...inMemory.map(([, behind]) => behind)];
  return renamed(x, graph.op('Pad', [x.name, graph.ints(pads)]), borderedShape(x.shape, all, 1));
}

/** The inner part of each sample. */
export function crop(graph: GraphBuilder, x: Value, all: readonly Border[]): Value {
  const axes = all.flatMap(([before, behind], axis) => (before + behind > 0 ? [axis] : []));
  if (axes.length === 0) return x;
  const starts = graph.ints(axes.map((axis) => (all[axis] as Border)[0]));
  // Counted from the end, as an axis may be free; a number past any size is the end.
  const ends = graph.ints(axes.map((axis) => -(all[axis] as Border)[1] || Number.MAX_SAFE_INTEGER));
  const inMemory = graph.ints(axes.map((axis) => memoryAxis(x, axis)));
  return renamed(x, graph.op('Slice', [x.name, starts, ends, inMemory]), borderedShape(x.shape, all, -1));
}

const paddingConfig = (rank: number) => z.object({ padding: borders(rank).prefault(1), data_format: dataFormat });

export type PaddingConfig = z.output<ReturnType<typeof paddingConfig>>;

function zeroPadding(rank: number, summary: string): LayerDefinition {
  return defineLayer<PaddingConfig>({
    className: `ZeroPadding${rank}D`,
    summary,
    keeps: () => 'range',
    config: paddingConfig(rank),
    outputShape: (c, inputs) => borderedShape(single(inputs), onAllAxes(c.padding, c.data_format), 1),
    emit: ({ graph }, c, inputs) => pad(graph, single(inputs), onAllAxes(c.padding, c.data_format)),
  });
}

const croppingConfig = (rank: number) =>
  // Keras's default differs by rank, and configs always say it.
  z.object({ cropping: borders(rank).prefault(rank === 2 ? 0 : 1), data_format: dataFormat });

function cropping(rank: number, summary: string): LayerDefinition {
  return defineLayer<z.output<ReturnType<typeof croppingConfig>>>({
    className: `Cropping${rank}D`,
    summary,
    keeps: () => 'range',
    config: croppingConfig(rank),
    outputShape: (c, inputs) => borderedShape(single(inputs), onAllAxes(c.cropping, c.data_format), -1),
    emit: ({ graph }, c, inputs) => crop(graph, single(inputs), onAllAxes(c.cropping, c.data_format)),
  });
}

/** Layers that add cells around each sample or take them away. */
export const BORDER_LAYERS = [
  cropping(1, 'Each sequence without its ends.'),
  cropping(2, 'Each picture without its sides.'),
  cropping(3, 'Each volume without its sides.'),
  zeroPadding(1, 'Zeros before and behind each sequence.'),
  zeroPadding(2, 'Zeros around each picture.'),
  zeroPadding(3, 'Zeros around each volume.'),
];
