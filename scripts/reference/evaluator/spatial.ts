import { type Call, channelsFirst, type Options, sizesIn } from './call.ts';
import { type Doubles, reshape, transpose, wrong } from './doubles.ts';

/** A window that moves along one axis. */
export interface AxisWindow {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** Cells of padding before the first. */
  readonly before: number;
  /** How often it fits. */
  readonly count: number;
}

/** TensorFlow's rules: `same` puts the odd cell of padding behind, `causal` puts all of it in front. */
export function windowAlong(
  input: number,
  size: number,
  stride: number,
  dilation: number,
  padding: unknown,
): AxisWindow {
  const reach = (size - 1) * dilation + 1;
  if (padding === 'same') {
    const count = Math.ceil(input / stride);
    const total = Math.max((count - 1) * stride + reach - input, 0);
    return { size, stride, dilation, before: Math.floor(total / 2), count };
  }
  const before = padding === 'causal' ? reach - 1 : 0;
  if (padding !== 'valid' && padding !== 'causal') throw wrong('valid, same or causal', 'option padding', padding);
  const count = Math.max(0, Math.floor((input + before - reach) / stride) + 1);
  return { size, stride, dilation, before, count };
}

/** A batch of volumes [batch, depth, height, width, channels]; pictures and sequences are flat ones. */
export interface Volumes {
  readonly shape: readonly [number, number, number, number, number];
  readonly data: Float64Array;
}

export type Triple<T> = readonly [T, T, T];

/** One entry per axis of a volume, `rank` of them given for the last axes. */
export function triple<T>(given: readonly T[], filler: T): Triple<T> {
  return [...Array.from({ length: 3 - given.length }, () => filler), ...given] as unknown as Triple<T>;
}

/** Runs something on channels-last volumes, whatever rank and data format the layer has. */
export function onVolumes(x: Doubles, rank: number, options: Options, work: (volumes: Volumes) => Volumes): Doubles {
  if (x.shape.length !== rank + 2) throw wrong(`rank ${rank + 2}`, 'the input of a layer', x.shape);
  const first = channelsFirst(options);
  const middle = Array.from({ length: rank }, (_, i) => i + 1);
  const last = first ? transpose(x, [0, ...middle.map((i) => i + 1), 1]) : x;
  const [batch, channels] = [last.shape[0] as number, last.shape.at(-1) as number];
  const sides = triple(last.shape.slice(1, -1), 1);
  const answer = work({ shape: [batch, ...sides, channels], data: last.data });
  const shape = [batch, ...answer.shape.slice(4 - rank, 4), answer.shape[4]];
  const flat = reshape({ shape: answer.shape, data: answer.data }, shape);
  return first ? transpose(flat, [0, rank + 1, ...middle]) : flat;
}

/** The windows of a layer's options over volumes; `sizes` are the kernel's or the pool's. */
export function windowsOf(
  { shape }: Volumes,
  rank: number,
  options: Options,
  sizes: readonly number[],
): Triple<AxisWindow> {
  const strides = sizesIn(options, 'strides', rank, 1);
  const dilations = sizesIn(options, 'dilation_rate', rank, 1);
  const padding = options.padding ?? 'valid';
  const along = sizes.map((size, i) =>
    windowAlong(shape[4 - rank + i] as number, size, strides[i] as number, dilations[i] as number, padding),
  );
  return triple(along, { size: 1, stride: 1, dilation: 1, before: 0, count: 1 });
}

/** The rank in a class name: `Conv2D`, `GlobalMaxPooling1D`. */
export function rankOf({ className }: Pick<Call, 'className'>): number {
  const digit = /([123])D/.exec(className)?.[1];
  if (!digit) throw wrong('1D, 2D or 3D', 'a class name', className);
  return Number(digit);
}
