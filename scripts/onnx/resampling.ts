/** Ways to resize pictures, by the names that Keras gives them. */
export const INTERPOLATIONS = [
  'nearest',
  'bilinear',
  'bicubic',
  'area',
  'lanczos3',
  'lanczos5',
  'gaussian',
  'mitchellcubic',
] as const;

export type Interpolation = (typeof INTERPOLATIONS)[number];

interface Kernel {
  readonly radius: number;
  /** Weight of a cell at this distance, in cells. */
  readonly at: (distance: number) => number;
}

function lanczos(radius: number): Kernel {
  const at = (x: number) => {
    if (x > radius) return 0;
    // Where sin(x) / x is 1 and cannot be worked out.
    if (x <= 1e-3) return 1;
    return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * x) ** 2;
  };
  return { radius, at };
}

/** Cubics of two pieces, by their coefficients from x³ down; nothing beyond 2. */
function cubic(near: readonly number[], far: readonly number[]): Kernel {
  const value = (coefficients: readonly number[], x: number) =>
    coefficients.reduce((sum, factor) => sum * x + factor, 0);
  return { radius: 2, at: (x) => (x >= 2 ? 0 : value(x >= 1 ? far : near, x)) };
}

const triangle: Kernel = { radius: 1, at: (x) => Math.max(0, 1 - x) };
const keysCubic = cubic([1.5, -2.5, 0, 1], [-0.5, 2.5, -4, 2]);
const mitchellCubic = cubic([7 / 6, -2, 0, 8 / 9], [-7 / 18, 2, -10 / 3, 16 / 9]);
const gaussian: Kernel = { radius: 1.5, at: (x) => (x >= 1.5 ? 0 : Math.exp(-2 * x * x)) };

/** Those of TensorFlow's ScaleAndTranslate. */
const KERNELS: Partial<Record<Interpolation, Kernel>> = {
  bilinear: triangle,
  bicubic: keysCubic,
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
  gaussian,
  mitchellcubic: mitchellCubic,
};

/** Which cell of the input stands for each cell of the output, in float32 as TensorFlow works it out. */
export function nearestCells(input: number, output: number): number[] {
  const scale = Math.fround(input / output);
  return Array.from({ length: output }, (_, i) => Math.min(Math.floor(Math.fround((i + 0.5) * scale)), input - 1));
}

/** The two cells around each cell of the output and how far it is from the first, in float32 as TensorFlow has it. */
export function cellsBetween(input: number, output: number): { lower: number[]; upper: number[]; shares: number[] } {
  const scale = Math.fround(input / output);
  const places = Array.from({ length: output }, (_, i) => Math.fround(Math.fround((i + 0.5) * scale) - 0.5));
  return {
    lower: places.map((place) => Math.max(Math.floor(place), 0)),
    upper: places.map((place) => Math.max(0, Math.min(Math.ceil(place), input - 1))),
    shares: places.map((place) => place - Math.floor(place)),
  };
}

/**
 * Resizing along one axis as a matrix [output, input], row-major: what each cell of the input adds to each of the output.
 * The same rules as TensorFlow's (https://www.tensorflow.org/api_docs/python/tf/image/resize): half-pixel centres,
 * weights of cells beyond the sides left out and the others scaled to 1.
 */
export function resamplingMatrix(
  method: Interpolation,
  antialias: boolean,
  input: number,
  output: number,
): Float32Array {
  const row = rowMaker(method, antialias, input, output);
  const matrix = new Float32Array(output * input);
  for (let i = 0; i < output; i++) {
    for (const [cell, weight] of row(i)) {
      const at = i * input + Math.min(Math.max(cell, 0), input - 1);
      matrix[at] = (matrix[at] as number) + weight;
    }
  }
  return matrix;
}

type Row = readonly (readonly [cell: number, weight: number])[];

function rowMaker(method: Interpolation, antialias: boolean, input: number, output: number): (i: number) => Row {
  if (method === 'nearest') {
    const cells = nearestCells(input, output);
    return (i) => [[cells[i] as number, 1]];
  }
  if (method === 'area') return (i) => areaRow(i, input / output);
  if (method === 'bicubic' && !antialias) return (i) => bicubicRow(i, input, output);
  const kernel = KERNELS[method] as Kernel;
  return (i) => kernelRow(i, kernel, antialias, input, output);
}

/** In float32 as TensorFlow works it out: whether a cell lies within the gaussian's radius may hang on the last digit. */
function kernelRow(i: number, { radius, at }: Kernel, antialias: boolean, input: number, output: number): Row {
  const scale = Math.fround(1 / Math.fround(output / input));
  const stretch = antialias ? Math.max(scale, 1) : 1;
  const reach = Math.fround(radius * stretch);
  const centre = Math.fround((i + 0.5) * scale);
  const first = Math.max(Math.ceil(Math.fround(Math.fround(centre - reach) - 0.5)), 0);
  const last = Math.min(Math.floor(Math.fround(Math.fround(centre + reach) - 0.5)), input - 1);
  const cells = Array.from({ length: last - first + 1 }, (_, j) => first + j);
  const narrower = Math.fround(1 / stretch);
  const distance = (cell: number) => Math.abs(Math.fround(Math.fround(cell + 0.5 - centre) * narrower));
  return normalized(cells.map((cell) => [cell, at(distance(cell))]));
}

/** TensorFlow looks the weights up for 1024 places between two cells. */
const PLACES = 1024;

function bicubicRow(i: number, input: number, output: number): Row {
  const centre = Math.fround(Math.fround((i + 0.5) * Math.fround(input / output)) - 0.5);
  const before = Math.floor(centre);
  const place = roundToEven(Math.fround(Math.fround(centre - before) * PLACES)) / PLACES;
  const row = [-1, 0, 1, 2].map((step) => [before + step, keysCubic.at(Math.abs(step - place))] as const);
  return normalized(row.filter(([cell]) => cell >= 0 && cell < input));
}

/** The share of each cell that lies below the output's cell. */
function areaRow(i: number, scale: number): Row {
  const [from, to] = [i * scale, (i + 1) * scale];
  const first = Math.floor(from);
  // A last sliver of rounding adds nothing: its weight is 0 within float32.
  return Array.from({ length: Math.ceil(to) - first }, (_, j) => {
    const cell = first + j;
    return [cell, (Math.min(cell + 1, to) - Math.max(cell, from)) / scale] as const;
  });
}

function normalized(row: Row): Row {
  const sum = row.reduce((total, [, weight]) => total + weight, 0);
  return Math.abs(sum) < 1e-30 ? row : row.map(([cell, weight]) => [cell, weight / sum] as const);
}

function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
