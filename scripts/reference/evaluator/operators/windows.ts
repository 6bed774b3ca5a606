import type { Tensor } from '#keras';
import type { Call, LayerFunction, Options } from '../call.ts';
import { add, type Doubles, pad, reshape, transpose, wrong } from '../doubles.ts';
import { CONVOLUTIONS } from '../kinds/convolution.ts';
import { POOLINGS } from '../kinds/pooling.ts';
import { built, cellOf } from './cells.ts';
import { type Given, type Operator, on, onTensor } from './given.ts';

const LAYERS = { ...CONVOLUTIONS, ...POOLINGS };

/** A layer of Keras on a tensor, its weights given as tensors. */
export function layer(
  className: string,
  x: Doubles,
  options: Options,
  weights: Readonly<Record<string, Doubles>> = {},
): Doubles {
  const { compute } = LAYERS[className] as { compute: LayerFunction };
  const weight = (name: string) => {
    const found = weights[name];
    if (!found) throw wrong('a kernel', `operator ${className}`, name);
    return found;
  };
  const call: Call = {
    path: className,
    className,
    options: { ...options, use_bias: false },
    writer: 'keras-3.4',
    args: [x],
    keywords: {},
    weight,
    tensor: (name) => weight(name) as unknown as Tensor,
    has: (name) => name in weights,
    inner: () => [],
  };
  return compute(x, call) as Doubles;
}

export function isChannelsFirst(format: unknown): boolean {
  return format === 'channels_first' || (typeof format === 'string' && /^NC./.test(format));
}

/** TensorFlow gives one number for each axis, or for each side. */
function spatial(given: unknown, rank: number, first: boolean): unknown {
  if (!Array.isArray(given) || given.length !== rank + 2) return given ?? undefined;
  return first ? given.slice(2) : given.slice(1, -1);
}

/** The window of an operator as a layer's options, the input with its padding where that is given in numbers. */
function windowOf(g: Given, x: Doubles, names: Readonly<Record<string, string>>, filler: number): [Doubles, Options] {
  const rank = x.shape.length - 2;
  const first = isChannelsFirst(g.get('data_format'));
  const options: Record<string, unknown> = { data_format: first ? 'channels_first' : 'channels_last' };
  for (const [name, option] of Object.entries(names)) {
    const value = spatial(g.get(name), rank, first);
    if (value !== undefined) options[option] = value;
  }
  const padding = g.get('padding') ?? 'valid';
  if (Array.isArray(padding)) return [pad(x, padding as [number, number][], filler), { ...options, padding: 'valid' }];
  return [x, { ...options, padding: String(padding).toLowerCase() }];
}

const SLIDES = {
  strides: 'strides',
  stride: 'strides',
  dilation_rate: 'dilation_rate',
  dilations: 'dilation_rate',
  rate: 'dilation_rate',
};

export function pooled(g: Given, kind: 'Max' | 'Average', input: string): Doubles {
  const given = g.tensor(input);
  const names = { pool_size: 'pool_size', ksize: 'pool_size', window_shape: 'pool_size', strides: 'strides' };
  const [x, options] = windowOf(g, given, names, Number.NEGATIVE_INFINITY);
  return layer(`${kind}Pooling${given.shape.length - 2}D`, x, options);
}

export function convolved(g: Given, input: string, filter: string): Doubles {
  const [x, options] = windowOf(g, g.tensor(input), SLIDES, 0);
  const kernel = g.tensor(filter);
  const rank = x.shape.length - 2;
  const channels = x.shape[options.data_format === 'channels_first' ? 1 : rank + 1] as number;
  const groups = channels / (kernel.shape[rank] as number);
  return layer(`Conv${rank}D`, x, { ...options, groups }, { kernel });
}

export function depthwise(g: Given, input: string, filter: string): Doubles {
  const [x, options] = windowOf(g, g.tensor(input), SLIDES, 0);
  return layer(`DepthwiseConv${x.shape.length - 2}D`, x, options, { depthwise_kernel: g.tensor(filter) });
}

const SEPARABLE = [
  'inputs',
  'depthwise_kernel',
  'pointwise_kernel',
  'strides',
  'padding',
  'data_format',
  'dilation_rate',
];

export function biased(x: Doubles, bias: Doubles, format: unknown): Doubles {
  if (bias.shape.length > 1 || !isChannelsFirst(format)) return add(x, bias);
  return add(x, reshape(bias, [-1, ...x.shape.slice(2).map(() => 1)]));
}

/** The cell (row, column) of each channel of each block moves between the picture and the channels. */
export function depthToSpace(x: Doubles, block: number, format: unknown): Doubles {
  const first = isChannelsFirst(format);
  const last = first ? transpose(x, [0, 2, 3, 1]) : x;
  const [batch, height, width, channels] = last.shape as [number, number, number, number];
  const deep = channels / block ** 2;
  const answer = built([batch, height * block, width * block, deep], ([n, row, column, channel]) => {
    const [y, z] = [(row as number) % block, (column as number) % block];
    const from = (y * block + z) * deep + (channel as number);
    return cellOf(last, [
      n as number,
      Math.floor((row as number) / block),
      Math.floor((column as number) / block),
      from,
    ]);
  });
  return first ? transpose(answer, [0, 3, 1, 2]) : answer;
}

export function spaceToDepth(x: Doubles, block: number, format: unknown): Doubles {
  const first = isChannelsFirst(format);
  const last = first ? transpose(x, [0, 2, 3, 1]) : x;
  const [batch, height, width, channels] = last.shape as [number, number, number, number];
  const shape = [batch, height / block, width / block, channels * block ** 2];
  const answer = built(shape, ([n, row, column, deep]) => {
    const cell = Math.floor((deep as number) / channels);
    const [y, z] = [Math.floor(cell / block), cell % block];
    return cellOf(last, [
      n as number,
      (row as number) * block + y,
      (column as number) * block + z,
      (deep as number) % channels,
    ]);
  });
  return first ? transpose(answer, [0, 3, 1, 2]) : answer;
}

/** Pools and convolutions. */
export const WINDOWS: Readonly<Record<string, Operator>> = {
  AveragePool: on(['inputs', 'pool_size', 'strides', 'padding', 'data_format'], (g) => pooled(g, 'Average', 'inputs')),
  MaxPool: on(['inputs', 'pool_size', 'strides', 'padding', 'data_format'], (g) => pooled(g, 'Max', 'inputs')),
  ...Object.fromEntries(
    ['Average', 'Max'].map((kind) => [
      `Adaptive${kind}Pool`,
      onTensor(['inputs', 'output_size', 'data_format'], (x, g) =>
        layer(`Adaptive${kind}Pooling${x.shape.length - 2}D`, x, g.options),
      ),
    ]),
  ),
  Conv: on(['inputs', 'kernel', 'strides', 'padding', 'data_format', 'dilation_rate'], (g) =>
    convolved(g, 'inputs', 'kernel'),
  ),
  DepthwiseConv: on(['inputs', 'kernel', 'strides', 'padding', 'data_format', 'dilation_rate'], (g) =>
    depthwise(g, 'inputs', 'kernel'),
  ),
  SeparableConv: on(SEPARABLE, (g) => {
    const spread = depthwise(g, 'inputs', 'depthwise_kernel');
    const format = isChannelsFirst(g.get('data_format')) ? 'channels_first' : 'channels_last';
    return layer(
      `Conv${spread.shape.length - 2}D`,
      spread,
      { data_format: format, padding: 'valid' },
      { kernel: g.tensor('pointwise_kernel') },
    );
  }),
  DepthToSpace: onTensor(['x', 'block_size', 'data_format'], (x, g) =>
    depthToSpace(x, g.number('block_size'), g.get('data_format')),
  ),
  SpaceToDepth: onTensor(['x', 'block_size', 'data_format'], (x, g) =>
    spaceToDepth(x, g.number('block_size'), g.get('data_format')),
  ),
};
