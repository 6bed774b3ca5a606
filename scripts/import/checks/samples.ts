import { DATATYPE_INFO, type TensorData } from '@freezeframe/inference';
import { type FreezeInput, GRAPH_NAMES, type Samples, type Scaled } from '#frozen';
import type { Shape } from '#keras';
import { mulberry32 } from '#system';
import type { ModelFacts } from '../facts/model-facts.ts';

/** Sizes of free axes: long enough for four poolings of a picture, for any kernel over a sequence. */
const FREE_SIDE = 64;
const FREE_STEPS = 12;
/** Of a sample whose free axes are many: as large a picture of 3 channels as 1182 x 1182. */
const MAX_FREE_ELEMENTS = 2 ** 22;

/**
 * Side of the squares of one colour that rows of pictures are made of. Fine noise alone is no picture: after a few layers all
 * of it is the same, and what is left to be told apart is rounding. Measured on EfficientNetB0 with random weights, float32
 * against double precision: 1e-4 for noise, 1e-6 for squares.
 */
const SQUARES = [16, 1, 5];

/**
 * Made-up inputs for the frozen graph, the same for the same seed: bytes for pictures, numbers within their range for
 * features, for other tensors what the model itself expects (-1..1 where nothing tells), numbers below `vocabulary` for
 * indices.
 * @param vocabularies for inputs of indices, by name.
 * @param shapeOf for inputs whose samples do not lie along the first axis.
 */
export function makeSamples(
  facts: ModelFacts,
  input: FreezeInput,
  rows: number,
  seed: number,
  vocabularies: ReadonlyMap<string, number>,
  shapeOf: (name: string, shape: Shape) => readonly number[] = (_, shape) => sizesOf(shape, rows),
): Samples {
  const random = mulberry32(seed);
  if (input.kind === 'picture') {
    const shape = [rows, input.height, input.width, input.channels];
    const data = Uint8Array.from(squares(shape, random), (share) => Math.floor(share * 256));
    return { [GRAPH_NAMES.picture]: { datatype: 'UINT8', shape, data } };
  }
  if (input.kind === 'features') {
    const { features } = input;
    const data = new Float32Array(rows * features.length);
    for (let i = 0; i < data.length; i++) data[i] = within(features[i % features.length] as Scaled, random());
    return { [GRAPH_NAMES.features]: { datatype: 'FP32', shape: [rows, features.length], data } };
  }
  return Object.fromEntries(
    facts.inputs.map(({ name, shape, integers }): [string, TensorData] => {
      const sizes = shapeOf(name, shape);
      const vocabulary = vocabularies.get(name);
      const below = () => Math.floor(random() * (vocabulary ?? 2));
      if (integers) return [name, { datatype: 'INT32', shape: sizes, data: new Int32Array(count(sizes)).map(below) }];
      if (vocabulary !== undefined)
        return [name, { datatype: 'FP32', shape: sizes, data: new Float32Array(count(sizes)).map(below) }];
      const [low, high] = facts.own ? OWN_RANGES[facts.own.takes] : [-1, 1];
      const data = squares(sizes, random).map((share) => low + share * (high - low));
      return [name, { datatype: 'FP32', shape: sizes, data }];
    }),
  );
}

const OWN_RANGES = { bytes: [0, 255], unit: [0, 1], signed: [-1, 1] } as const;

/** Numbers in [0, 1); squares of one colour in rows of pictures, whichever axis is that of the channels. */
function squares(shape: readonly number[], random: () => number): Float32Array {
  const [rows = 1, ...sizes] = shape;
  const last = sizes[2] !== undefined && sizes[2] <= 4;
  const first = sizes[0] !== undefined && sizes[0] <= 4;
  const result = new Float32Array(count(shape));
  if (sizes.length !== 3 || !(last || first)) return result.map(random);
  const [height, width, channels] = (last ? sizes : [sizes[1], sizes[2], sizes[0]]) as [number, number, number];
  const [down, across, between] = last ? [width * channels, channels, 1] : [width, 1, height * width];
  for (let row = 0; row < rows; row++) {
    const side = SQUARES[row % SQUARES.length] as number;
    const wide = Math.ceil(width / side);
    const colours = new Float32Array(Math.ceil(height / side) * wide * channels).map(random);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const square = Math.floor(y / side) * wide + Math.floor(x / side);
        for (let c = 0; c < channels; c++) {
          const at = row * height * width * channels + y * down + x * across + c * between;
          result[at] = colours[square * channels + c] as number;
        }
      }
    }
  }
  return result;
}

/** @param size of free axes, where it is not the usual one */
export function sizesOf(shape: readonly (number | null)[], rows: number, size?: number): number[] {
  let free = size ?? (shape.length >= 4 ? FREE_SIDE : FREE_STEPS);
  const sizes = () => shape.map((size, axis) => (axis === 0 ? rows : (size ?? free)));
  while (free > 1 && count(sizes().slice(1)) > MAX_FREE_ELEMENTS) free = Math.floor(free / 2);
  return sizes();
}

function within({ min, max }: Scaled, share: number): number {
  // Somewhat beyond both ends: what is cut there is compared too.
  return min + (share * 1.4 - 0.2) * (max - min);
}

function count(shape: readonly number[]): number {
  return shape.reduce((n, size) => n * size, 1);
}

/** Made-up inputs in the datatypes that a graph takes: a model may want int64 where any whole numbers will do. */
export function inDatatypes(
  samples: Samples,
  inputs: readonly Pick<TensorData & { name: string }, 'name' | 'datatype'>[],
): Samples {
  return Object.fromEntries(
    inputs.map(({ name, datatype }): [string, TensorData] => {
      const { shape, data } = samples[name] as TensorData;
      const values = new DATATYPE_INFO[datatype].array(data.length);
      const big = datatype === 'INT64' || datatype === 'UINT64';
      for (let i = 0; i < values.length; i++) values[i] = (big ? BigInt(Number(data[i])) : data[i]) as never;
      return [name, { datatype, shape, data: values }];
    }),
  );
}
