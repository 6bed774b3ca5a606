import type { Value } from '#onnx';
import { type Operand, plain, Refused } from '../../tensorflow/operand.ts';
import { flag, type LiteConverter, type LiteEmission, option } from '../emission.ts';
import { picture } from './convolution.ts';

function resized(e: LiteEmission, tensorflow: string): Operand | readonly Operand[] {
  return e.tensorflow(tensorflow, [e.input(0), e.input(1)], {
    align_corners: flag(option(e.operator, 'align_corners')),
    half_pixel_centers: flag(option(e.operator, 'half_pixel_centers')),
  });
}

/** Squares of cells become channels, or channels become squares. Written as moves, which any numbers go through. */
function moved(e: LiteEmission, toDepth: boolean): Operand {
  const x = e.graph.toLayout(picture(e), 'channels-last');
  const block = option(e.operator, 'block_size');
  const [batch = null, height, width, channels] = x.shape as [number | null, number, number, number];
  const fits = toDepth ? height % block === 0 && width % block === 0 : channels % block ** 2 === 0;
  if (block < 1 || !fits) throw new Refused(`block_size ${block} of [${x.shape}]`);
  const cells = toDepth
    ? [height / block, block, width / block, block, channels]
    : [height, width, block, block, channels / block ** 2];
  const sides = toDepth
    ? [height / block, width / block, channels * block ** 2]
    : [height * block, width * block, channels / block ** 2];
  const open = reshape(e, x, [batch ?? -1, ...cells]);
  const turned = e.graph.op('Transpose', [open], { perm: [0, 1, 3, 2, 4, 5] });
  const name = e.graph.op('Reshape', [turned, e.graph.ints([batch ?? -1, ...sides])]);
  return plain(name, [batch, ...sides], x.datatype);
}

function reshape({ graph }: LiteEmission, { name }: Value, sizes: readonly number[]): string {
  return graph.op('Reshape', [name, graph.ints(sizes)]);
}

export const PICTURES: readonly LiteConverter[] = [
  { ops: ['RESIZE_BILINEAR'], emit: (e) => resized(e, 'ResizeBilinear') },
  { ops: ['RESIZE_NEAREST_NEIGHBOR'], emit: (e) => resized(e, 'ResizeNearestNeighbor') },
  { ops: ['SPACE_TO_DEPTH'], keeps: true, emit: (e) => moved(e, true) },
  { ops: ['DEPTH_TO_SPACE'], keeps: true, emit: (e) => moved(e, false) },
];
