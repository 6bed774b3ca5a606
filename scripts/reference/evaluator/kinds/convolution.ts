import type { Tensor } from '#keras';
import { type Call, type LayerFunction, numberIn, type Options, rules, sizesIn } from '../call.ts';
import { convolve, convolveDepthwise, convolveTransposed } from '../convolve.ts';
import { add, type Doubles, reshape, wrong } from '../doubles.ts';
import { type AxisWindow, onVolumes, rankOf, type Triple, triple, windowsOf } from '../spatial.ts';
import { activate } from './activations.ts';

function kernelOf(call: Call, name: string, rank: number): Tensor {
  const tensor = call.tensor(name);
  if (tensor.shape.length !== rank + 2) throw wrong(`rank ${rank + 2}`, `weight ${name}`, tensor.shape);
  return tensor;
}

/** Bias along the channels, then the activation. */
function finish(x: Doubles, call: Call): Doubles {
  const { use_bias: useBias = true, data_format: format, activation } = call.options;
  if (useBias === false) return activate(x, activation, call);
  const bias = call.weight('bias');
  const rank = x.shape.length - 2;
  const lined = format === 'channels_first' ? reshape(bias, [-1, ...Array.from({ length: rank }, () => 1)]) : bias;
  return activate(add(x, lined), activation, call);
}

/** The sums alone, in the layout of the options. */
export function convolved(x: Doubles, kernel: Tensor, options: Options): Doubles {
  const rank = kernel.shape.length - 2;
  return onVolumes(x, rank, options, (volumes) =>
    convolve(
      volumes,
      kernel,
      windowsOf(volumes, rank, options, kernel.shape.slice(0, rank)),
      numberIn(options, 'groups', 1),
    ),
  );
}

const conv: LayerFunction = (x, call) =>
  finish(convolved(x, kernelOf(call, 'kernel', rankOf(call)), call.options), call);

function depthwiseOf(x: Doubles, call: Call, kernel: Tensor): Doubles {
  const rank = kernel.shape.length - 2;
  return onVolumes(x, rank, call.options, (volumes) =>
    convolveDepthwise(volumes, kernel, windowsOf(volumes, rank, call.options, kernel.shape.slice(0, rank))),
  );
}

/** Keras 3 calls the kernel `kernel`, Keras 2 `depthwise_kernel`. */
const depthwise: LayerFunction = (x, call) => {
  const name = call.has('depthwise_kernel') ? 'depthwise_kernel' : 'kernel';
  return finish(depthwiseOf(x, call, kernelOf(call, name, rankOf(call))), call);
};

const separable: LayerFunction = (x, call) => {
  const rank = rankOf(call);
  const spread = depthwiseOf(x, call, kernelOf(call, 'depthwise_kernel', rank));
  const kernel = kernelOf(call, 'pointwise_kernel', rank);
  const one = { size: 1, stride: 1, dilation: 1, before: 0 };
  const answer = onVolumes(spread, rank, call.options, (volumes) => {
    const windows = [1, 2, 3].map((axis) => ({ ...one, count: volumes.shape[axis] as number }));
    return convolve(volumes, kernel, windows as unknown as Triple<AxisWindow>, 1);
  });
  return finish(answer, call);
};

/** `conv_utils.deconv_output_length` of Keras, the padding of TensorFlow's `conv2d_transpose`. */
function transposedWindow(
  input: number,
  size: number,
  stride: number,
  dilation: number,
  padding: unknown,
  extra: unknown,
) {
  const reach = (size - 1) * dilation + 1;
  const same = padding === 'same';
  const given = typeof extra === 'number';
  const plain = same ? input * stride : input * stride + Math.max(reach - stride, 0);
  const length = given ? (input - 1) * stride + reach - (same ? 2 * Math.floor(reach / 2) : 0) + extra : plain;
  const before = same ? Math.floor(Math.max((input - 1) * stride + reach - length, 0) / 2) : 0;
  return { size, stride, dilation, before, length };
}

const transposed: LayerFunction = (x, call) => {
  const rank = rankOf(call);
  const { options } = call;
  const kernel = kernelOf(call, 'kernel', rank);
  const strides = sizesIn(options, 'strides', rank, 1);
  const dilations = sizesIn(options, 'dilation_rate', rank, 1);
  const given = options.output_padding ?? undefined;
  const extra = given === undefined ? [] : sizesIn(options, 'output_padding', rank);
  const answer = onVolumes(x, rank, options, (volumes) => {
    const along = strides.map((stride, i) => {
      const input = volumes.shape[4 - rank + i] as number;
      return transposedWindow(
        input,
        kernel.shape[i] as number,
        stride,
        dilations[i] as number,
        options.padding,
        extra[i],
      );
    });
    return convolveTransposed(
      volumes,
      kernel,
      triple(along, { size: 1, stride: 1, dilation: 1, before: 0, length: 1 }),
    );
  });
  return finish(answer, call);
};

const RANKS = ['1D', '2D', '3D'];
const named = (prefix: string, suffix: string, ranks: readonly string[], layer: LayerFunction) =>
  Object.fromEntries(ranks.map((rank) => [prefix + rank + suffix, layer]));

export const CONVOLUTIONS = rules({
  ...named('Conv', '', RANKS, conv),
  ...named('Convolution', '', RANKS, conv),
  ...named('Conv', 'Transpose', RANKS, transposed),
  ...named('Convolution', 'Transpose', RANKS, transposed),
  ...named('DepthwiseConv', '', ['1D', '2D'], depthwise),
  ...named('SeparableConv', '', ['1D', '2D'], separable),
  ...named('SeparableConvolution', '', ['1D', '2D'], separable),
});
