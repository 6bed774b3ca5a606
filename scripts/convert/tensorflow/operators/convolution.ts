import type { Shape } from '#keras';
import { type Attribute, fromImage, toImage, type Value, type Window, windowAttributes, windowOutput } from '#onnx';
import { numbers, textOf } from '#tensorflow';
import { permute } from '../../emit.ts';
import { type Emission, given, type Operand, type OperatorConverter, Refused } from '../operand.ts';
import { activated } from './activation.ts';

/** Convolutions, alone and with what TensorFlow's optimizer has put behind them. */
export const CONVOLUTIONS: readonly OperatorConverter[] = [
  { ops: ['Conv2D', '_FusedConv2D'], emit: (e) => fused(e, false) },
  { ops: ['DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative'], emit: (e) => fused(e, true) },
  { ops: ['Conv2DBackpropInput'], emit: transposed },
];

/** Sides of a window: TensorFlow writes one number for each of [batch, height, width, channels]. */
export function sidesOf({ node }: Emission, attribute: string): readonly number[] {
  const list = numbers(node.attributes, attribute);
  const all = list.length === 0 ? [1, 1, 1, 1] : list;
  if (all.length !== 4 || all[0] !== 1 || all[3] !== 1 || all.some((side) => side < 1))
    throw new Refused(`${attribute} [${all}]`);
  return all.slice(1, 3);
}

/** @throws Refused for channels first, which TensorFlow.js does not run either */
export function refuseChannelsFirst({ node }: Emission): void {
  const format = textOf(node.attributes, 'data_format', 'NHWC');
  if (format !== 'NHWC') throw new Refused(`data_format ${format}`);
}

/** A picture: [batch, height, width, channels]. */
export function picture(e: Emission, index = 0): Value {
  const value = e.value(index);
  if (value.shape.length !== 4 || value.datatype !== 'float32') throw new Refused(`an input of shape [${value.shape}]`);
  return value;
}

/** Attributes of ONNX's window operators and the sides that come out, for SAME, VALID and EXPLICIT. */
export function windowOf(
  e: Emission,
  x: Value,
  kernel: readonly number[],
  dilation?: readonly number[],
  attributesOf = windowAttributes,
) {
  const strides = sidesOf(e, 'strides');
  const sides = x.shape.slice(1, 3);
  const padding = textOf(e.node.attributes, 'padding');
  const window = { kernel, strides, ...(dilation ? { dilation } : {}) };
  if (padding === 'EXPLICIT') {
    const pads = numbers(e.node.attributes, 'explicit_paddings').slice(2, 6);
    if (pads.length !== 4) throw new Refused('EXPLICIT padding without numbers');
    const [top, bottom, left, right] = pads as [number, number, number, number];
    const padded = [
      sides[0] == null ? null : sides[0] + top + bottom,
      sides[1] == null ? null : sides[1] + left + right,
    ];
    const valid: Window = { ...window, padding: 'valid' };
    const attributes: Record<string, Attribute> = {
      ...windowAttributes(padded, valid),
      pads: [top, left, bottom, right],
    };
    return { attributes, sides: positive(windowOutput(padded, valid)) };
  }
  if (padding !== 'SAME' && padding !== 'VALID') throw new Refused(`padding ${JSON.stringify(padding)}`);
  const simple: Window = { ...window, padding: padding === 'SAME' ? 'same' : 'valid' };
  return { attributes: attributesOf(sides, simple), sides: positive(windowOutput(sides, simple)) };
}

function positive(sides: readonly (number | null)[]): readonly (number | null)[] {
  if (sides.some((side) => side !== null && side < 1)) throw new Refused(`an output of sides [${sides}]`);
  return sides;
}

function fused(e: Emission, depthwise: boolean): Operand {
  refuseChannelsFirst(e);
  const x = picture(e);
  const kernel = e.value(1);
  const [height, width, inputs, last] = kernel.shape as [number, number, number, number];
  if (kernel.shape.length !== 4 || kernel.shape.includes(null))
    throw new Refused(`a kernel of shape [${kernel.shape}]`);
  if (x.shape[3] !== inputs) throw new Refused(`${x.shape[3]} channels and a kernel for ${inputs}`);
  const { attributes, sides } = windowOf(e, x, [height, width], sidesOf(e, 'dilations'));
  const channels = depthwise ? inputs * last : last;
  const steps = fusedSteps(e);
  const biased = steps[0] === 'BiasAdd';
  const bias = biased ? [biasOf(e, channels)] : [];
  const weights = depthwise ? inOrder(e, [2, 3, 0, 1], [channels, 1, height, width]) : inOrder(e, [3, 2, 0, 1]);
  const image = toImage(e.graph, x, 'channels_last');
  const name = e.graph.op('Conv', [image, weights, ...bias], { ...attributes, group: depthwise ? inputs : 1 });
  const linear = fromImage(name, [x.shape[0] ?? null, ...sides, channels], 'channels_last');
  const activation = steps[bias.length];
  return given(activation ? activated(e, linear, activation, 2 + bias.length) : linear);
}

/**
 * One number for each channel, as ONNX's convolutions want it. TensorFlow's optimizer keeps [1, 1, 1, channels] where that is
 * what was added, and TensorFlow.js broadcasts it.
 */
function biasOf(e: Emission, channels: number): string {
  const { name, shape } = e.value(2);
  const last = shape.at(-1) ?? 1;
  if (shape.slice(0, -1).some((size) => size !== 1) || (last !== channels && last !== 1))
    throw new Refused(`a bias of shape [${shape}] for ${channels} channels`);
  if (shape.length === 1 && last === channels) return name;
  const flat = e.graph.op('Reshape', [e.graph.toLayout(e.value(2), 'channels-last').name, e.graph.ints([-1])]);
  return last === channels ? flat : e.graph.op('Expand', [flat, e.graph.ints([channels])]);
}

/** `fused_ops`: nothing, BiasAdd, an activation, or both. */
export function fusedSteps({ node }: Emission): readonly string[] {
  const steps = node.attributes.fused_ops?.list?.s ?? [];
  const fits = steps.length <= 1 || (steps.length === 2 && steps[0] === 'BiasAdd');
  if (!fits || steps.includes('FusedBatchNorm')) throw new Refused(`fused_ops ${steps}`);
  return steps;
}

/** The kernel as ONNX wants it: permuted here where the file holds it, and in the graph where it is computed. */
function inOrder(e: Emission, perm: readonly number[], dims?: readonly number[]): string {
  const constant = e.constant(1);
  if (constant?.data instanceof Float32Array) {
    const { shape, data } = permute({ shape: constant.shape, data: constant.data }, perm);
    return e.graph.weight(constant.name, dims ?? shape, data);
  }
  const { name } = e.graph.toLayout(e.value(1), 'channels-last');
  const permuted = e.graph.op('Transpose', [name], { perm });
  return dims ? e.graph.op('Reshape', [permuted, e.graph.ints(dims)]) : permuted;
}

/** A transposed convolution is written as the gradient of a convolution by its input, with the sizes that come out. */
function transposed(e: Emission): Operand {
  refuseChannelsFirst(e);
  const x = picture(e, 2);
  const sizes = e.sizes(0);
  const [height, width] = e.value(1).shape as [number, number];
  if (String(sidesOf(e, 'dilations')) !== '1,1') throw new Refused('dilations of a transposed convolution');
  const padding = textOf(e.node.attributes, 'padding');
  if (padding !== 'SAME' && padding !== 'VALID') throw new Refused(`padding ${padding}`);
  const attributes = transposedWindow(x.shape.slice(1, 3), sizes.slice(1, 3), {
    kernel: [height, width],
    strides: sidesOf(e, 'strides'),
    same: padding === 'SAME',
  });
  const weights = inOrder(e, [3, 2, 0, 1]);
  const name = e.graph.op('ConvTranspose', [toImage(e.graph, x, 'channels_last'), weights], attributes);
  return given(fromImage(name, [x.shape[0] ?? null, ...sizes.slice(1)], 'channels_last'));
}

/** Attributes of ONNX's ConvTranspose for sides that come out as they are wanted. @throws Refused */
export function transposedWindow(
  input: Shape,
  output: Shape,
  { kernel, strides, same }: { kernel: readonly number[]; strides: readonly number[]; same: boolean },
) {
  const [before, after]: [number[], number[]] = [[], []];
  for (const [i, side] of kernel.entries()) {
    const [from, to] = [input[i], output[i]];
    if (typeof from !== 'number' || typeof to !== 'number') throw new Refused('sides that are not fixed');
    // What the whole transposed window gives beyond what is wanted is cut off, the odd cell behind.
    const cut = (from - 1) * (strides[i] as number) + side - to;
    before.push(same && cut > 0 ? Math.floor(cut / 2) : 0);
    after.push(cut - (before[i] as number));
  }
  return {
    kernel_shape: kernel,
    strides,
    pads: [...before, ...after.map((cut) => Math.max(0, cut))],
    output_padding: after.map((cut) => Math.max(0, -cut)),
  };
}
