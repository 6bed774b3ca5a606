import { convolutionShape, convolutionWindow, type WindowConfig } from '#convert';
import {
  channelsOf,
  type DataFormat,
  fixed,
  type GraphBuilder,
  spatialOf,
  type Value,
  type Window,
  windowPads,
} from '#onnx';

/** One convolution as ONNX sees it: batch, channels, height, width. Sizes are fixed: training knows its pictures. */
export interface ConvolutionSizes {
  readonly window: Window;
  /** Height and width of the input and of the output. */
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly channelsIn: number;
  readonly channelsOut: number;
}

export function convolutionSizes(config: WindowConfig, x: Value, channelsOut: number): ConvolutionSizes {
  return {
    window: convolutionWindow(config),
    input: fixedSpatial(x.shape, config.data_format),
    output: fixedSpatial(convolutionShape(config, x.shape, channelsOut), config.data_format),
    channelsIn: channelsOf(x.shape, config.data_format),
    channelsOut,
  };
}

/** Height and width, which must be known. */
export function fixedSpatial(shape: Value['shape'], format: DataFormat): number[] {
  const spatial = spatialOf(shape, format);
  return spatial.map((_, axis) => fixed(spatial, axis));
}

/** Taps up to which all patches of the input are written out at once (5x5x3 = 75); beyond, that costs more than it saves. */
export const MOST_PATCH_TAPS = 80;

/** Numbers of the input that one number of the answer sees. */
export function tapCount({ window, channelsIn }: ConvolutionSizes): number {
  return window.kernel.reduce((product, size) => product * size, channelsIn);
}

/** A picture (batch, channels, space) with the zeros around it that the convolution wants. */
export function padded(graph: GraphBuilder, x: string, { input, window }: ConvolutionSizes): string {
  const pads = windowPads(input, window) as [number, number, number, number];
  const [top, left, bottom, right] = pads;
  if (pads.every((pad) => pad === 0)) return x;
  return graph.op('Pad', [x, graph.ints([0, 0, top, left, 0, 0, bottom, right])]);
}
