import { add, type Doubles, gather, map, multiply, reshape, stridesOf, subtract, wrong } from './doubles.ts';

/** What one output cell takes from which input cells along one axis. */
export interface Taps {
  readonly cells: readonly number[];
  readonly weights: readonly number[];
}

/**
 * Resizes two neighbouring axes as `tf.image.resize` (version 2: half-pixel centres).
 * @param axis the first of the two
 */
export function resize(
  x: Doubles,
  axis: number,
  sizes: readonly [number, number],
  method: string,
  antialias: boolean,
): Doubles {
  return sizes.reduce((picture, size, i) => {
    const from = picture.shape[axis + i] as number;
    return along(
      picture,
      axis + i,
      Array.from({ length: size }, (_, o) => tapsFor(o, from, size, method, antialias)),
    );
  }, x);
}

/**
 * The bilinear resizing of whole numbers in TensorFlow's single-precision steps (`resize_bilinear_op.cc`: columns, then
 * rows): the result is rounded, and exact halves are frequent, so that the last bit decides.
 */
export function resizeIntegers(x: Doubles, axis: number, sizes: readonly [number, number]): Doubles {
  const step = (picture: Doubles, at: number, size: number): Doubles => {
    const from = picture.shape[at] as number;
    const scale = Math.fround(from / size);
    const places = Array.from({ length: size }, (_, i) => Math.fround(Math.fround(Math.fround(i + 0.5) * scale) - 0.5));
    const take = (cell: (place: number) => number) =>
      along(
        picture,
        at,
        places.map((place) => ({ cells: [cell(place)], weights: [1] })),
      );
    const low = take((place) => Math.max(0, Math.floor(place)));
    const high = take((place) => Math.min(from - 1, Math.ceil(place)));
    const shares = new Float64Array(places.map((place) => Math.fround(place - Math.floor(place))));
    const lined = reshape(
      { shape: [size], data: shares },
      x.shape.slice(at).map((_, i) => (i === 0 ? size : 1)),
    );
    const way = map(multiply(map(subtract(high, low), Math.fround), lined), Math.fround);
    return map(add(low, way), Math.fround);
  };
  return step(step(x, axis + 1, sizes[1]), axis, sizes[0]);
}

/** Every cell along an axis made of those that its taps name. */
export function along(x: Doubles, axis: number, taps: readonly Taps[]): Doubles {
  const shape = x.shape.map((size, i) => (i === axis ? taps.length : size));
  const inner = stridesOf(x.shape)[axis] as number;
  const outer = x.data.length / (inner * (x.shape[axis] as number));
  const data = new Float64Array(outer * taps.length * inner);
  for (let o = 0; o < outer; o++) {
    for (const [t, { cells, weights }] of taps.entries()) {
      const to = (o * taps.length + t) * inner;
      for (const [j, cell] of cells.entries()) {
        const from = (o * (x.shape[axis] as number) + cell) * inner;
        for (let i = 0; i < inner; i++)
          (data[to + i] as number) += (x.data[from + i] as number) * (weights[j] as number);
      }
    }
  }
  return { shape, data };
}

function tapsFor(cell: number, from: number, to: number, method: string, antialias: boolean): Taps {
  // TensorFlow scales in single precision, which decides ties.
  const scale = Math.fround(from / to);
  const clamp = (i: number) => Math.min(Math.max(i, 0), from - 1);
  if (method === 'nearest') return { cells: [clamp(Math.floor(Math.fround((cell + 0.5) * scale)))], weights: [1] };
  if (method === 'area') return area(cell, from, scale);
  if (antialias || !['bilinear', 'bicubic'].includes(method)) return spanned(cell, from, to, method, antialias);
  const place = (cell + 0.5) * (from / to) - 0.5;
  const low = Math.floor(place);
  const part = place - low;
  if (method === 'bilinear') return { cells: [clamp(low), clamp(low + 1)], weights: [1 - part, part] };
  // TensorFlow reads its cubic from a table of 1,024 steps.
  const step = Math.round(part * 1024) / 1024;
  return normalized(
    [-1, 0, 1, 2].map((i) => low + i),
    [1 + step, step, 1 - step, 2 - step].map(cubic),
    from,
  );
}

/** Cells outside have no weight; the others share it. */
function normalized(cells: readonly number[], weights: readonly number[], size: number): Taps {
  const inside = cells
    .map((cell, i) => ({ cell, weight: weights[i] as number }))
    .filter(({ cell }) => cell >= 0 && cell < size);
  const sum = inside.reduce((total, { weight }) => total + weight, 0);
  return { cells: inside.map(({ cell }) => cell), weights: inside.map(({ weight }) => (sum === 0 ? 0 : weight / sum)) };
}

function area(cell: number, from: number, scale: number): Taps {
  const [start, end] = [cell * scale, Math.min((cell + 1) * scale, from)];
  const first = Math.floor(start);
  const cells = Array.from({ length: Math.max(1, Math.ceil(end) - first) }, (_, i) => first + i);
  return normalized(
    cells,
    cells.map((i) => Math.min(i + 1, end) - Math.max(i, start)),
    from,
  );
}

/**
 * `ScaleAndTranslate`: a kernel around the centre, stretched when made smaller with antialiasing. Places in single precision:
 * the gaussian ends with a step, and cells may lie right at it.
 */
function spanned(cell: number, from: number, to: number, method: string, antialias: boolean): Taps {
  const kernel = KERNELS[method];
  if (!kernel) throw wrong(Object.keys(KERNELS).join(', '), 'option interpolation', method);
  const { fround } = Math;
  const inverse = fround(1 / fround(to / from));
  const stretch = antialias ? Math.max(inverse, 1) : 1;
  const centre = fround((cell + 0.5) * inverse);
  const half = fround(kernel.radius * stretch);
  const first = Math.max(0, Math.ceil(fround(fround(centre - half) - 0.5)));
  const last = Math.min(from - 1, Math.floor(fround(fround(centre + half) - 0.5)));
  const cells = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  return normalized(
    cells,
    cells.map((i) => kernel.at(Math.abs(fround(fround(i + 0.5 - centre) * fround(1 / stretch))))),
    from,
  );
}

/** Keys' cubic, a = -1/2. */
function cubic(x: number): number {
  if (x <= 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

function mitchell(x: number): number {
  if (x < 1) return ((7 * x) / 6 - 2) * x * x + 8 / 9;
  return x < 2 ? ((2 - (7 * x) / 18) * x - 10 / 3) * x + 16 / 9 : 0;
}

function lanczos(radius: number) {
  const at = (x: number) => {
    if (x < 1e-3) return 1;
    return x > radius ? 0 : (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * x) ** 2;
  };
  return { radius, at };
}

const KERNELS: Readonly<Record<string, { readonly radius: number; readonly at: (x: number) => number }>> = {
  bilinear: { radius: 1, at: (x) => Math.max(0, 1 - x) },
  bicubic: { radius: 2, at: cubic },
  mitchellcubic: { radius: 2, at: mitchell },
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
  gaussian: { radius: 1.5, at: (x) => (x >= 1.5 ? 0 : Math.exp((-x * x) / (2 * 0.5 * 0.5))) },
  box: { radius: 0.5, at: (x) => (x < 0.5 ? 1 : x === 0.5 ? 0.5 : 0) },
};

/** Every cell `times` times along an axis. */
export function repeat(x: Doubles, axis: number, times: number): Doubles {
  const strides = stridesOf(x.shape);
  const shape = [...x.shape.slice(0, axis + 1), times, ...x.shape.slice(axis + 1)];
  const steps = [...strides.slice(0, axis + 1), 0, ...strides.slice(axis + 1)];
  const { data } = gather(x, shape, steps);
  return { shape: x.shape.map((size, i) => (i === axis ? size * times : size)), data };
}
