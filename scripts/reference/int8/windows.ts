import type { NodeProto } from '#onnx';
import { type Doubles, wrong } from '../evaluator/doubles.ts';
import { integers, text, whole } from './attributes.ts';

/** How a window moves over a picture [batch, channels, height, width]. */
interface Window {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** Cells in front of the picture: top and left. */
  readonly before: readonly [number, number];
  readonly output: readonly [number, number];
}

function windowOf(node: NodeProto, x: Doubles, kernel: readonly number[]): Window {
  if (x.shape.length !== 4) throw wrong('[batch, channels, height, width]', `the input of ${node.opType}`, x.shape);
  const [strides, dilations] = [integers(node, 'strides') ?? [1, 1], integers(node, 'dilations') ?? [1, 1]];
  const pads = integers(node, 'pads') ?? [0, 0, 0, 0];
  const auto = text(node, 'auto_pad') ?? 'NOTSET';
  const ceil = whole(node, 'ceil_mode', 0) === 1;
  const sides = [0, 1].map((side) => {
    const size = x.shape[side + 2] as number;
    const [step, reach] = [strides[side] as number, (dilations[side] as number) * ((kernel[side] as number) - 1) + 1];
    if (auto.startsWith('SAME')) {
      const output = Math.ceil(size / step);
      const total = Math.max(0, (output - 1) * step + reach - size);
      return { before: auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2), output };
    }
    const [before, after] = auto === 'VALID' ? [0, 0] : [pads[side] as number, pads[side + 2] as number];
    const places = (size + before + after - reach) / step;
    let output = (ceil ? Math.ceil(places) : Math.floor(places)) + 1;
    // A window that would begin behind the picture is none.
    if (ceil && (output - 1) * step >= size + before) output -= 1;
    return { before, output };
  });
  const pair = (list: readonly number[]) => [list[0] as number, list[1] as number] as const;
  return {
    kernel: pair(kernel),
    strides: pair(strides),
    dilations: pair(dilations),
    before: pair(sides.map(({ before }) => before)),
    output: pair(sides.map(({ output }) => output)),
  };
}

/** Where a window at an output's place meets the picture: row and column of its cells, and of the picture. */
function* cells(window: Window, x: Doubles, row: number, column: number) {
  const [height = 0, width = 0] = x.shape.slice(2);
  for (let a = 0; a < window.kernel[0]; a++) {
    const y = row * window.strides[0] + a * window.dilations[0] - window.before[0];
    if (y < 0 || y >= height) continue;
    for (let b = 0; b < window.kernel[1]; b++) {
      const z = column * window.strides[1] + b * window.dilations[1] - window.before[1];
      if (z >= 0 && z < width) yield { cell: a * window.kernel[1] + b, at: y * width + z };
    }
  }
}

/** x and weights hold whole numbers: sums of their products are exact. */
export function convolve(node: NodeProto, x: Doubles, weights: Doubles, bias: Doubles | undefined): Doubles {
  const [outputs = 0, inputs = 0, ...kernel] = weights.shape;
  const window = windowOf(node, x, kernel);
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [rows, columns] = window.output;
  const data = new Float64Array(batch * outputs * rows * columns);
  const [each, size] = [outputs / whole(node, 'group', 1), (kernel[0] as number) * (kernel[1] as number)];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const met = [...cells(window, x, row, column)];
      for (let n = 0; n < batch; n++)
        for (let o = 0; o < outputs; o++) {
          let sum = bias?.data[o] ?? 0;
          const first = n * channels + Math.floor(o / each) * inputs;
          for (let i = 0; i < inputs; i++) {
            const [picture, kernelAt] = [(first + i) * height * width, (o * inputs + i) * size];
            for (const { cell, at } of met)
              sum += (x.data[picture + at] as number) * (weights.data[kernelAt + cell] as number);
          }
          data[((n * outputs + o) * rows + row) * columns + column] = sum;
        }
    }
  return { shape: [batch, outputs, rows, columns], data };
}

export function pool(node: NodeProto, x: Doubles, kind: 'max' | 'average'): Doubles {
  const kernel = integers(node, 'kernel_shape') ?? [];
  const window = windowOf(node, x, kernel);
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [rows, columns] = window.output;
  const all = whole(node, 'count_include_pad', 0) === 1 ? window.kernel[0] * window.kernel[1] : undefined;
  const data = new Float64Array(batch * channels * rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const met = [...cells(window, x, row, column)];
      for (let plane = 0; plane < batch * channels; plane++) {
        const seen = met.map(({ at }) => x.data[plane * height * width + at] as number);
        const sum = seen.reduce((total, one) => total + one, 0);
        data[(plane * rows + row) * columns + column] = kind === 'max' ? Math.max(...seen) : sum / (all ?? seen.length);
      }
    }
  return { shape: [batch, channels, rows, columns], data };
}
