import { z } from 'zod';
import type { Shape } from '#keras';
import { type LayerDefinition, single } from '../layer.ts';
import { dataFormat } from '../options.ts';
import { borderedShape, borders, crop, onAllAxes, pad } from './borders.ts';

const paddingConfig = (rank: number) => z.object({ padding: borders(rank).prefault(1), data_format: dataFormat });

export type PaddingConfig = z.output<ReturnType<typeof paddingConfig>>;

/** Zeros around each sample, for any number of spatial axes. */
export function zeroPaddingLayer(className: string, rank: number): LayerDefinition<PaddingConfig> {
  return {
    className,
    config: paddingConfig(rank),
    outputShape: (c, inputs) => borderedShape(single(inputs), onAllAxes(c.padding, c.data_format), 1),
    emit: ({ graph }, c, inputs) => pad(graph, single(inputs), onAllAxes(c.padding, c.data_format)),
  };
}

const croppingConfig = (rank: number) =>
  // Keras's default differs by rank, and configs always say it.
  z.object({ cropping: borders(rank).prefault(rank === 2 ? 0 : 1), data_format: dataFormat });

type CroppingConfig = z.output<ReturnType<typeof croppingConfig>>;

/** The inner part of each sample, for any number of spatial axes. */
export function croppingLayer(className: string, rank: number): LayerDefinition<CroppingConfig> {
  return {
    className,
    config: croppingConfig(rank),
    outputShape: (c, inputs) => croppedShape(c, single(inputs)),
    emit: ({ graph }, c, inputs) => crop(graph, single(inputs), onAllAxes(c.cropping, c.data_format)),
  };
}

function croppedShape(c: CroppingConfig, input: Shape): Shape {
  return borderedShape(input, onAllAxes(c.cropping, c.data_format), -1);
}
