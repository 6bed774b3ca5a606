import { asKeras, channelsOf, type Value } from '#onnx';
import { badCall, constantOf, integers, type Operand } from '../operand.ts';
import { type OperatorDefinition, operator } from '../operator.ts';
import { fixedSize, type Tensors } from '../tensors.ts';
import { depthwise, formatOf, perSpatialAxis, picture } from './windows.ts';

/** A kernel that picks each cell of its window: one row of output for each channel and cell. */
export function oneEach(to: Tensors, channels: number, size: readonly number[]): string {
  const cells = size.reduce((n, side) => n * side, 1);
  const kernel = new Float32Array(channels * cells * cells);
  for (let row = 0; row < channels * cells; row++) kernel[row * cells + (row % cells)] = 1;
  return to.graph.weight('cells', [channels * cells, 1, ...size], kernel);
}

/** A Gaussian's weights, which add up to one. */
function bell(size: number, sigma: number): number[] {
  const heights = Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - (size - 1) / 2) / sigma) ** 2));
  const sum = heights.reduce((total, height) => total + height, 0);
  return heights.map((height) => height / sum);
}

/** The same kernel over each channel by itself. */
function eachChannel(
  to: Tensors,
  x: Value,
  cells: readonly number[],
  size: readonly number[],
  format: Operand,
  how: 'same' | 'valid',
): Value {
  const channels = channelsOf(x.shape, formatOf(format));
  const kernel = cells.flatMap((cell) => Array<number>(channels).fill(cell));
  const constant = to.constant('float32', kernel, [...size, channels, 1]);
  return depthwise(to, x, constant, { strides: 1, padding: how, data_format: format ?? null, dilation_rate: 1 });
}

/** Windows that are laid side by side, and kernels that are known. */
export const PATCHES: readonly OperatorDefinition[] = [
  ...(['Unfold', 'Fold'] as const).map(
    (type): OperatorDefinition =>
      operator([type], [], ['x', 'kernel_size', 'dilation', 'padding', 'stride', 'output_size'], (to, given) => {
        const x = to.floats(given.x, `the operand of ${type}`);
        const two = (name: string, fallback: number) =>
          perSpatialAxis(given[name] ?? fallback, 2, 'channels_first', `${name} of ${type}`);
        const kernel = two('kernel_size', 1);
        const attributes = {
          kernel_shape: kernel,
          strides: two('stride', 1),
          dilations: two('dilation', 1),
          pads: [...two('padding', 0), ...two('padding', 0)],
        };
        const cells = kernel.reduce((n, size) => n * size, 1);
        const counts = (sides: readonly number[]) =>
          sides.map((side, i) => {
            const span = ((kernel[i] as number) - 1) * (attributes.dilations[i] as number) + 1;
            return (
              Math.floor((side + 2 * (attributes.pads[i] as number) - span) / (attributes.strides[i] as number)) + 1
            );
          });
        const batch = x.shape[0] ?? null;
        if (type === 'Unfold') {
          const channels = fixedSize(x, 1, type);
          const places = counts([fixedSize(x, 2, type), fixedSize(x, 3, type)]).reduce((n, count) => n * count, 1);
          const name = to.graph.op('Conv', [x.name, oneEach(to, channels, kernel)], { ...attributes, group: channels });
          return {
            ...x,
            name: to.graph.op('Reshape', [name, to.graph.ints([0, channels * cells, places])]),
            shape: [batch, channels * cells, places],
          };
        }
        const target = perSpatialAxis(given.output_size, 2, 'channels_first', 'output_size of Fold');
        const channels = fixedSize(x, 1, type) / cells;
        const sides = counts(target);
        const apart = to.graph.op('Reshape', [x.name, to.graph.ints([0, channels * cells, ...sides])]);
        const output_padding = target.map((side, i) => {
          const span = ((kernel[i] as number) - 1) * (attributes.dilations[i] as number) + 1;
          return (
            side +
            2 * (attributes.pads[i] as number) -
            span -
            ((sides[i] as number) - 1) * (attributes.strides[i] as number)
          );
        });
        const name = to.graph.op('ConvTranspose', [apart, oneEach(to, channels, kernel)], {
          ...attributes,
          output_padding,
          group: channels,
        });
        return { ...x, name, shape: [batch, channels, ...target] };
      }),
  ),
  operator(
    ['GaussianBlur'],
    [],
    ['images', 'kernel_size', 'sigma', 'data_format'],
    (to, { images, kernel_size, sigma, data_format }) => {
      const x = picture(to, images, 'the picture of GaussianBlur');
      const [height = 3, width = 3] =
        kernel_size === undefined ? [] : integers(kernel_size, 'the kernel of GaussianBlur');
      const [across = 1, down = 1] = (constantOf(sigma)?.values ?? []) as number[];
      // Keras measures the rows by the second of each pair, and says so nowhere: a square kernel alone is certain.
      if (height !== width) throw badCall('a square kernel', 'GaussianBlur', kernel_size);
      const rows = bell(height, down);
      const cells = rows.flatMap((row) => bell(width, across).map((cell) => row * cell));
      return eachChannel(to, x, cells, [height, width], data_format, 'same');
    },
  ),
  operator(['SobelEdges'], [], ['images', 'data_format'], (to, { images, data_format }) => {
    if (formatOf(data_format) === 'channels_first') throw badCall('channels_last', 'SobelEdges', data_format);
    const x = asKeras(to.graph, picture(to, images, 'the picture of SobelEdges'));
    const wide = to.pad(
      x,
      [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ],
      0,
      'reflect',
    );
    const kernels = [
      [-1, -2, -1, 0, 0, 0, 1, 2, 1],
      [-1, 0, 1, -2, 0, 2, -1, 0, 1],
    ];
    return to.stack(
      kernels.map((cells) => asKeras(to.graph, eachChannel(to, wide, cells, [3, 3], data_format, 'valid'))),
      4,
    );
  }),
];
