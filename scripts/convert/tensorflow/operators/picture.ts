import { broadcastDims, fromImage, memoryAxis, toImage, type Value } from '#onnx';
import { flagOf, numberOf } from '#tensorflow';
import { type Emission, given, type Operand, type OperatorConverter, Refused } from '../operand.ts';
import { picture, refuseChannelsFirst } from './convolution.ts';

/** Batch normalisation with the statistics of training; ONNX Runtime makes it part of the convolution before it. */
function normalized(e: Emission): Operand {
  refuseChannelsFirst(e);
  if (flagOf(e.node.attributes, 'is_training')) throw new Refused('is_training');
  const x = picture(e);
  const parameters = [1, 2, 3, 4].map((i) => e.value(i).name);
  const epsilon = { float: numberOf(e.node.attributes, 'epsilon', 0.001) };
  const name = e.graph.op('BatchNormalization', [toImage(e.graph, x, 'channels_last'), ...parameters], { epsilon });
  return given(fromImage(name, x.shape, 'channels_last'));
}

interface ResizeFlags {
  readonly corners: boolean;
  readonly half: boolean;
}

/**
 * Written as gathering of cells, which are known here: ONNX's Resize has no rule for rounding that is TensorFlow's in every
 * case, and ONNX Runtime 1.30 moves transposes across one with axes without reordering its sizes.
 */
function resized(e: Emission, mode: 'bilinear' | 'nearest'): Operand {
  const x = picture(e);
  const size = e.numbers(1);
  const flags = {
    corners: flagOf(e.node.attributes, 'align_corners'),
    half: flagOf(e.node.attributes, 'half_pixel_centers'),
  };
  return given(
    [1, 2].reduce((current, axis, i) => {
      const [from, to] = [x.shape[axis], size[i]];
      if (typeof from !== 'number') throw new Refused('sides that are not fixed');
      if (to === undefined || !Number.isInteger(to) || to < 1 || to > 65_536) throw new Refused(`a size of [${size}]`);
      return mode === 'nearest' ? nearest(e, current, axis, to, flags) : bilinear(e, current, axis, to, flags);
    }, x),
  );
}

/** Where each cell of the output is in the input: `tensorflow/core/util/image_resizer_state.h`. */
function placesOf(from: number, to: number, { corners, half }: ResizeFlags, centre: number): number[] {
  const scale = corners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return Array.from({ length: to }, (_, i) => (half ? (i + 0.5) * scale - centre : i * scale));
}

function take(e: Emission, x: Value, axis: number, cells: readonly number[]): Value {
  const name = e.graph.op('Gather', [x.name, e.graph.ints(cells)], { axis: memoryAxis(x, axis) });
  return { ...x, name, shape: x.shape.with(axis, cells.length) };
}

function nearest(e: Emission, x: Value, axis: number, to: number, flags: ResizeFlags): Value {
  const from = x.shape[axis] as number;
  const round = flags.corners ? Math.round : Math.floor;
  const cells = placesOf(from, to, flags, 0).map((place) => Math.max(0, Math.min(round(place), from - 1)));
  return take(e, x, axis, cells);
}

function bilinear(e: Emission, x: Value, axis: number, to: number, flags: ResizeFlags): Value {
  const from = x.shape[axis] as number;
  const places = placesOf(from, to, flags, 0.5);
  const lower = take(
    e,
    x,
    axis,
    places.map((place) => Math.max(0, Math.floor(place))),
  );
  const upper = take(
    e,
    x,
    axis,
    places.map((place) => Math.min(from - 1, Math.ceil(place))),
  );
  const shares = e.graph.float(
    places.map((place) => place - Math.floor(place)),
    broadcastDims(lower, axis, to),
  );
  const step = e.graph.op('Mul', [e.graph.op('Sub', [upper.name, lower.name]), shares]);
  return { ...lower, name: e.graph.op('Add', [lower.name, step]) };
}

function depthToSpace(e: Emission): Operand {
  refuseChannelsFirst(e);
  const x = picture(e);
  const block = numberOf(e.node.attributes, 'block_size', 0);
  const [batch = null, height = null, width = null, channels] = x.shape;
  if (!Number.isInteger(block) || block < 1 || typeof channels !== 'number' || channels % block ** 2 !== 0) {
    throw new Refused(`block_size ${block}`);
  }
  const name = e.graph.op('DepthToSpace', [toImage(e.graph, x, 'channels_last')], { blocksize: block, mode: 'DCR' });
  const times = (side: number | null) => (side === null ? null : side * block);
  return given(fromImage(name, [batch, times(height), times(width), channels / block ** 2], 'channels_last'));
}

export const PICTURES: readonly OperatorConverter[] = [
  { ops: ['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'], emit: normalized },
  { ops: ['ResizeBilinear'], emit: (e) => resized(e, 'bilinear') },
  { ops: ['ResizeNearestNeighbor'], emit: (e) => resized(e, 'nearest') },
  { ops: ['DepthToSpace'], emit: depthToSpace },
];
