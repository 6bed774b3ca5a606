import { DATATYPE_INFO, type Engine, expected, ModelError, type TensorData } from '@freezeframe/inference';
import { ImportError } from '#guards';
import { allTensors, type ModelProto } from '#onnx';
import { type Axes, BATCH, freeAxes } from '../facts/axes.ts';

/** Sizes of free axes: long enough for four poolings of a picture, for any kernel over a sequence. */
const FREE_SIDE = 64;
const FREE_STEPS = 12;
/** Of a sample whose free axes are many: as large a picture of 3 channels as 1182 x 1182. */
const MAX_FREE_ELEMENTS = 2 ** 22;
/** Sides of pictures and lengths that models are made for. */
const USUAL_SIZES = [2, 3, 4, 8, 16, 28, 32, 96, 128, 160, 192, 224, 256, 299, 384, 512, 640];
/** Of the sizes that a graph's weights have; each is tried. */
const MAX_FROM_WEIGHTS = 48;

/** Of pictures. */
const CHANNELS = [3, 1];

/** Sizes of the free axes, by their names. */
export type Sizes = ReadonlyMap<string, number>;

/** An input's shape for so many samples. */
export function shapeFor(axes: Axes, sizes: Sizes, name: string, rows: number): number[] {
  return (axes.get(name) ?? []).map((axis) => {
    if (typeof axis === 'number') return axis;
    return axis === BATCH ? rows : (sizes.get(axis) ?? 1);
  });
}

export interface FoundSizes {
  readonly sizes: Sizes;
  /** Those whose graph answers no other size that was tried. */
  readonly only: Sizes;
}

/**
 * Sizes of the free axes with which the graph runs: a graph may leave free what its weights fix.
 * @throws ImportError `option-mismatch` where none is found
 */
export async function findSizes(engine: Engine, model: ModelProto, axes: Axes): Promise<FoundSizes> {
  const names = freeAxes(axes);
  const usual = usualSizes(axes, names);
  const runs = (sizes: Sizes) => runsWith(engine, axes, sizes);
  if (names.length === 0 || (await runs(usual))) return { sizes: usual, only: new Map() };
  const candidates = sizesToTry(model);
  for (const group of groupsToTry(axes, names, usual, candidates)) {
    const found: Sizes[] = [];
    // Two tell that there is not one alone.
    for (const sizes of group) if (found.length < 2 && (await runs(sizes))) found.push(sizes);
    const [first, ...others] = found.filter(
      (sizes) => found.length === 1 || [...sizes.values()].some((size) => size !== 1),
    );
    if (first) return { sizes: first, only: inAll(differing(first, usual), others) };
  }
  throw new ImportError('option-mismatch', expected('sizes that it answers', 'the free axes of the graph', names), {
    details: { axes: names, tried: candidates },
    remedy:
      'Fix them before: python -m onnxruntime.tools.make_dynamic_shape_fixed --input_name NAME --input_shape 1,3,224,224 in.onnx out.onnx',
  });
}

/** Ways to give the free axes sizes, those that are likelier first. */
function groupsToTry(axes: Axes, names: readonly string[], usual: Sizes, candidates: readonly number[]): Sizes[][] {
  const apart = (size: number, rest: (name: string) => number) =>
    names.map((name) => new Map(names.map((each) => [each, each === name ? size : rest(each)])));
  const usually = (name: string) => usual.get(name) as number;
  const pictures = names.length > 1 && [...axes.values()].some(({ length }) => length === 4);
  return [
    // Of pictures the weights fix the channels. A vision transformer takes one size besides.
    ...(pictures ? CHANNELS.map((channels) => apart(channels, usually)) : []),
    ...(pictures ? CHANNELS.map((channels) => candidates.flatMap((size) => apart(channels, () => size))) : []),
    candidates.map((size) => new Map(names.map((name) => [name, size]))),
    // One axis alone is fixed by the weights.
    names.length > 1 ? names.flatMap((name) => candidates.map((size) => new Map([...usual, [name, size]]))) : [],
  ];
}

/** What is the same wherever it runs. */
function inAll(sizes: Sizes, others: readonly Sizes[]): Sizes {
  return new Map([...sizes].filter(([name, size]) => others.every((each) => each.get(name) === size)));
}

function differing(sizes: Sizes, usual: Sizes): Sizes {
  return new Map([...sizes].filter(([name, size]) => usual.get(name) !== size));
}

function usualSizes(axes: Axes, names: readonly string[]): Sizes {
  const sizes = new Map<string, number>();
  for (const name of names) {
    const ranks = [...axes.values()].filter((list) => list.includes(name)).map(({ length }) => length);
    sizes.set(name, Math.min(...ranks.map((rank) => (rank >= 4 ? FREE_SIDE : FREE_STEPS))));
  }
  while (Math.max(...sizes.values(), 1) > 1 && !small(axes, sizes)) {
    for (const [name, size] of sizes) sizes.set(name, Math.max(1, Math.floor(size / 2)));
  }
  return sizes;
}

function small(axes: Axes, sizes: Sizes): boolean {
  return [...axes.keys()].every((name) => count(shapeFor(axes, sizes, name, 1)) <= MAX_FREE_ELEMENTS);
}

function sizesToTry(model: ModelProto): number[] {
  const largest = Math.max(...USUAL_SIZES);
  const found = new Set<number>();
  for (const { tensor } of allTensors(model)) {
    for (const size of tensor.dims) {
      if (size > 1n && (size <= BigInt(largest) || tensor.dims.length <= 2) && found.size < MAX_FROM_WEIGHTS)
        found.add(Number(size));
    }
  }
  // One is laid out along whatever the weights have: it runs where nobody means it.
  return [...new Set([...found, ...USUAL_SIZES]), 1];
}

async function runsWith(engine: Engine, axes: Axes, sizes: Sizes): Promise<boolean> {
  if (!small(axes, sizes)) return false;
  const feeds = engine.inputs.map(({ name, datatype }): [string, TensorData] => {
    const shape = shapeFor(axes, sizes, name, 1);
    return [name, { datatype, shape, data: new DATATYPE_INFO[datatype].array(count(shape)) }];
  });
  try {
    await engine.run(Object.fromEntries(feeds));
    return true;
  } catch (error) {
    // The engine's own word for "not with this size"; anything else is a bug.
    if (error instanceof ModelError && error.code === 'model-run-failed') return false;
    throw error;
  }
}

function count(shape: readonly number[]): number {
  return shape.reduce((n, size) => n * size, 1);
}
