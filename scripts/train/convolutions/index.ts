import type { Value } from '#onnx';
import { byChannels, byChannelsThenCells } from './depthwise-convolution.ts';
import { byImage } from './image-convolution.ts';
import { planesOfPatches } from './patch-convolution.ts';
import { planesOfCells, pooled } from './pooled-convolution.ts';
import { byRows } from './row-convolution.ts';
import type { Way } from './way.ts';

/**
 * The ways in which convolutions train. The first of a list that fits is taken: `fits` of each says when, the comment on it
 * what it saves. The last of a list fits always. Measured in docs/decisions/010-memory-of-a-training-step.md.
 */
export const WAYS = {
  Conv2D: [byRows, byImage],
  'Conv2D + MaxPooling2D': [pooled(planesOfPatches), pooled(planesOfCells(byRows)), pooled(planesOfCells(byImage))],
  DepthwiseConv2D: [byChannels],
  SeparableConv2D: [byChannelsThenCells],
} as const;

/** The first way that fits. */
export function wayOf<C>(ways: readonly Way<C>[], config: C, x: Value, needsInputGradient: boolean): Way<C> {
  return ways.find((way) => way.fits(config, x, needsInputGradient)) as Way<C>;
}
