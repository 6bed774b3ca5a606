import type { Attributes } from '#tensorflow';
import { add, type Doubles, doubles, reshape, transpose, wrong } from '../evaluator/doubles.ts';
import { matmul } from '../evaluator/einsum.ts';
import { take } from '../evaluator/operators/arrays.ts';
import * as tensorflow from '../tensorflow/pictures.ts';
import { given, type LiteCall, type LiteExecutor, number } from './call.ts';

/** Windows as TensorFlow writes them. */
function windowOf(call: LiteCall): Attributes {
  const sides = (down: string, across: string) => ({
    list: { i: [1, number(call, down) || 1, number(call, across) || 1, 1] },
  });
  return {
    padding: { s: ['SAME', 'VALID'][number(call, 'padding')] ?? '' },
    strides: sides('stride_h', 'stride_w'),
    dilations: sides('dilation_h', 'dilation_w'),
    ksize: sides('filter_h', 'filter_w'),
  };
}

function biased(linear: Doubles, bias: Doubles | undefined): Doubles {
  return bias ? add(linear, bias) : linear;
}

/** Filters are [outputs, height, width, inputs]. */
export const convolved: LiteExecutor = (call) => {
  const filter = transpose(given(call, 1), [1, 2, 3, 0]);
  return biased(tensorflow.convolution(given(call, 0), filter, windowOf(call)), call.inputs[2]);
};

/** Filters are [1, height, width, inputs x multiplier]. */
export const depthwise: LiteExecutor = (call) => {
  const [x, filter] = [given(call, 0), given(call, 1)];
  const [, height, width, outputs] = filter.shape as [number, number, number, number];
  const channels = x.shape[3] as number;
  const kernel = reshape(filter, [height, width, channels, outputs / channels]);
  return biased(tensorflow.depthwiseConvolution(x, kernel, windowOf(call)), call.inputs[2]);
};

/** Of a shape, a filter [outputs, height, width, inputs], and a picture. */
export const transposed: LiteExecutor = (call) => {
  const filter = transpose(given(call, 1), [1, 2, 0, 3]);
  const shape = Array.from(given(call, 0).data);
  return biased(tensorflow.transposedConvolution(given(call, 2), filter, shape, windowOf(call)), call.inputs[3]);
};

export const connected: LiteExecutor = (call) => {
  const [x, weights] = [given(call, 0), given(call, 1)];
  const [outputs, inputs] = weights.shape as [number, number];
  const product = matmul(reshape(x, [-1, inputs]), transpose(weights, [1, 0]));
  const sum = biased(product, call.inputs[2]);
  return number(call, 'keep_num_dims') === 1 ? reshape(sum, [...x.shape.slice(0, -1), outputs]) : sum;
};

export function pooled(call: LiteCall, kind: 'max' | 'average'): Doubles {
  return tensorflow.pooled(given(call, 0), kind, windowOf(call));
}

export const spaceToDepth: LiteExecutor = (call) => {
  const x = given(call, 0);
  const block = number(call, 'block_size');
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const cells = reshape(x, [batch, height / block, block, width / block, block, channels]);
  return reshape(transpose(cells, [0, 1, 3, 2, 4, 5]), [batch, height / block, width / block, block ** 2 * channels]);
};

/** Cells beyond an edge are those before it, in reverse: without the edge itself (REFLECT) or with it (SYMMETRIC). */
export const mirrorPadded: LiteExecutor = (call) => {
  const mode = number(call, 'mode');
  if (mode !== 0 && mode !== 1) throw wrong('REFLECT or SYMMETRIC', 'the mode of MIRROR_PAD', mode);
  const pads = given(call, 1).data;
  return given(call, 0).shape.reduce(
    (padded, size, axis) => {
      const [before, after] = [pads[2 * axis] as number, pads[2 * axis + 1] as number];
      const cells = Array.from({ length: before + size + after }, (_, i) => {
        const at = i - before;
        if (at < 0) return mode === 0 ? -at : -at - 1;
        if (at < size) return at;
        return mode === 0 ? 2 * (size - 1) - at : 2 * size - 1 - at;
      });
      return take(padded, doubles([cells.length], cells), axis);
    },
    given(call, 0),
  );
};
