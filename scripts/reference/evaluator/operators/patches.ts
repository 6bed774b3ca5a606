import { concat, type Doubles, doubles, expand, transpose } from '../doubles.ts';
import { mirrored } from './arrays.ts';
import { built, cellOf } from './cells.ts';
import { type Given, type Operator, on, onTensor } from './given.ts';
import { isChannelsFirst, layer } from './windows.ts';

/** What each window covers, one window for each place: cells outside are zero. */
export function patches(
  x: Doubles,
  size: readonly number[],
  strides: readonly number[],
  rates: readonly number[],
  padding: string,
): Doubles {
  const rank = size.length;
  const channels = x.shape.at(-1) as number;
  const sides = x.shape.slice(1, -1);
  const spans = size.map((side, i) => (side - 1) * (rates[i] as number) + 1);
  const counts = sides.map((side, i) => {
    const [span, stride] = [spans[i] as number, strides[i] as number];
    return padding === 'same' ? Math.ceil(side / stride) : Math.floor((side - span) / stride) + 1;
  });
  const before = sides.map((side, i) => {
    const total = ((counts[i] as number) - 1) * (strides[i] as number) + (spans[i] as number) - side;
    return padding === 'same' ? Math.floor(Math.max(0, total) / 2) : 0;
  });
  const cells = size.reduce((n, side) => n * side, 1);
  return built([x.shape[0] as number, ...counts, cells * channels], (index) => {
    const deep = index.at(-1) as number;
    let cell = Math.floor(deep / channels);
    const from = Array<number>(rank);
    for (let i = rank - 1; i >= 0; i--) {
      const within = cell % (size[i] as number);
      cell = Math.floor(cell / (size[i] as number));
      from[i] =
        (index[i + 1] as number) * (strides[i] as number) + within * (rates[i] as number) - (before[i] as number);
    }
    if (from.some((place, i) => place < 0 || place >= (sides[i] as number))) return 0;
    return cellOf(x, [index[0] as number, ...from, deep % channels]);
  });
}

function extracted(g: Given): Doubles {
  const given = g.tensor(g.has('images') ? 'images' : 'volumes');
  const rank = given.shape.length - 2;
  const first = isChannelsFirst(g.get('data_format'));
  const back = [0, rank + 1, ...Array.from({ length: rank }, (_, i) => i + 1)];
  const x = first ? transpose(given, [0, ...back.slice(2).map((i) => i + 1), 1]) : given;
  const each = (name: string, otherwise: readonly number[]) => {
    const numbers = g.get(name) === null ? otherwise : g.numbers(name);
    return numbers.length === 1 ? Array<number>(rank).fill(numbers[0] as number) : numbers;
  };
  const size = each('size', [1]);
  const answer = patches(
    x,
    size,
    each('strides', size),
    each('dilation_rate', [1]),
    String(g.get('padding') ?? 'valid'),
  );
  return first ? transpose(answer, back) : answer;
}

const both = (g: Given, name: string, otherwise: number): readonly [number, number] => {
  const numbers = g.get(name) === null ? [otherwise] : g.numbers(name);
  return [numbers[0] as number, numbers.at(-1) as number];
};

/** Where a window of `unfold` looks: of a column, the channel and the cell. */
function unfolded(g: Given): Doubles {
  const x = g.tensor('x');
  const [kernel, dilation, stride, around] = [
    both(g, 'kernel_size', 1),
    both(g, 'dilation', 1),
    both(g, 'stride', 1),
    both(g, 'padding', 0),
  ];
  const counts = [0, 1].map((i) => {
    const span = ((kernel[i] as number) - 1) * (dilation[i] as number) + 1;
    return Math.floor(((x.shape[i + 2] as number) + 2 * (around[i] as number) - span) / (stride[i] as number)) + 1;
  }) as [number, number];
  const cells = kernel[0] * kernel[1];
  return built([x.shape[0] as number, (x.shape[1] as number) * cells, counts[0] * counts[1]], ([n, deep, place]) => {
    const cell = (deep as number) % cells;
    const [row, column] = [Math.floor(cell / kernel[1]), cell % kernel[1]];
    const y = Math.floor((place as number) / counts[1]) * stride[0] + row * dilation[0] - around[0];
    const z = ((place as number) % counts[1]) * stride[1] + column * dilation[1] - around[1];
    if (y < 0 || z < 0 || y >= (x.shape[2] as number) || z >= (x.shape[3] as number)) return 0;
    return cellOf(x, [n as number, Math.floor((deep as number) / cells), y, z]);
  });
}

/** The sum of the windows that cover a cell. */
function folded(g: Given): Doubles {
  const x = g.tensor('x');
  const [size, kernel, dilation, stride, around] = [
    both(g, 'output_size', 1),
    both(g, 'kernel_size', 1),
    both(g, 'dilation', 1),
    both(g, 'stride', 1),
    both(g, 'padding', 0),
  ];
  const across = Math.floor((size[1] + 2 * around[1] - (kernel[1] - 1) * dilation[1] - 1) / stride[1]) + 1;
  const cells = kernel[0] * kernel[1];
  const answer = doubles([x.shape[0] as number, (x.shape[1] as number) / cells, ...size]);
  const [batch, deep, places] = x.shape as [number, number, number];
  for (let n = 0; n < batch; n++) {
    for (let d = 0; d < deep; d++) {
      for (let place = 0; place < places; place++) {
        const y =
          Math.floor(place / across) * stride[0] + Math.floor((d % cells) / kernel[1]) * dilation[0] - around[0];
        const z = (place % across) * stride[1] + ((d % cells) % kernel[1]) * dilation[1] - around[1];
        if (y < 0 || z < 0 || y >= size[0] || z >= size[1]) continue;
        const at = ((n * (deep / cells) + Math.floor(d / cells)) * size[0] + y) * size[1] + z;
        answer.data[at] = (answer.data[at] as number) + cellOf(x, [n, d, place]);
      }
    }
  }
  return answer;
}

const bell = (size: number, sigma: number) => {
  const heights = Array.from({ length: size }, (_, i) => Math.exp(-(((i - (size - 1) / 2) / sigma) ** 2) / 2));
  const sum = heights.reduce((a, b) => a + b);
  return heights.map((height) => height / sum);
};

/** One kernel over each channel by itself. */
function eachChannel(x: Doubles, rows: readonly (readonly number[])[], padding: string, format: unknown): Doubles {
  const first = isChannelsFirst(format);
  const channels = x.shape[first ? 1 : 3] as number;
  const kernel = built(
    [rows.length, (rows[0] as readonly number[]).length, channels, 1],
    ([i, j]) => rows[i as number]?.[j as number] ?? 0,
  );
  const options = { padding, strides: 1, data_format: first ? 'channels_first' : 'channels_last' };
  return layer('DepthwiseConv2D', x, options, { depthwise_kernel: kernel });
}

function sobelEdges(x: Doubles): Doubles {
  const down = [
    [-1, -2, -1],
    [0, 0, 0],
    [1, 2, 1],
  ];
  const across = down.map((_, i) => down.map((row) => row[i] as number));
  const wide = mirrored(mirrored(x, 1, 1, 1, false), 2, 1, 1, false);
  return concat(
    [down, across].map((rows) => expand(eachChannel(wide, rows, 'valid', 'channels_last'), 4)),
    4,
  );
}

/** Windows that are laid side by side, and kernels that are known. */
export const PATCHES: Readonly<Record<string, Operator>> = {
  ExtractPatches: on(['images', 'size', 'strides', 'dilation_rate', 'padding', 'data_format'], extracted),
  Unfold: on(['x', 'kernel_size', 'dilation', 'padding', 'stride'], unfolded),
  Fold: on(['x', 'output_size', 'kernel_size', 'dilation', 'padding', 'stride'], folded),
  GaussianBlur: onTensor(['images', 'kernel_size', 'sigma', 'data_format'], (x, g) => {
    const [size, sigma] = [both(g, 'kernel_size', 3), both(g, 'sigma', 1)];
    const columns = bell(size[1], sigma[0]);
    const rows = bell(size[0], sigma[1]).map((row) => columns.map((column) => row * column));
    return eachChannel(x, rows, 'same', g.get('data_format'));
  }),
  SobelEdges: onTensor(['images', 'data_format'], (x) => sobelEdges(x)),
};
