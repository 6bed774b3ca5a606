import { toBinary } from '@bufbuild/protobuf';
import { createEngine, type Engine, FreezeframeError, type TensorData } from '@freezeframe/inference';
import { GRAPH_NAMES } from '#frozen';
import { GraphBuilder, type GraphProto, ModelProtoSchema, parseOnnx } from '#onnx';
import type { Backbone } from '../backbones/backbone.ts';
import { BACKBONE_OUTPUTS } from '../backbones/cut.ts';
import type { Features } from '../features/features.ts';
import { largest } from '../head/answers.ts';
import { emitHead, type FullHead, HEAD_OUTPUTS, type MapShape } from './emit-head.ts';
import { plainHeatmap, plainProbabilities, plainUnknown } from './plain-head.ts';

/** Largest difference that is rounding, of probabilities and of heat maps divided by their largest value. */
const TOLERANCE = 1e-4;
/** Distances are differences of large squares in single precision: compared to a share of the distance itself. */
const DISTANCE_TOLERANCE = 2e-3;
/** Rows whose distances are held against plain code, which takes 4 ms for each. */
const DISTANCE_ROWS = 500;
const ROWS = 512;

/** Features of pictures that are at hand, and some pictures whole. */
export interface HeadSamples {
  readonly features: Features;
  /** Decoded as the backbone takes them. */
  readonly pictures: readonly Uint8Array[];
}

interface HeadVerification {
  readonly against: string;
  /** Rows of features whose probabilities were compared, and pictures that went through the whole graph. */
  readonly samples: number;
  readonly pictures: number;
  readonly maxDifference: number;
  readonly top1Identical: true;
}

export interface FrozenHead {
  readonly onnx: Uint8Array;
  readonly map: MapShape | undefined;
  readonly verification: HeadVerification;
}

/**
 * Backbone and head as one graph, held against plain code: the head on all features, the whole on some pictures.
 * @throws FreezeframeError `verification-failed`
 */
export async function freezeHead(
  backbone: Backbone,
  full: FullHead,
  samples: HeadSamples,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<FrozenHead> {
  const alone = await createEngine(backbone.model);
  try {
    const map = await mapShape(alone, backbone, full.head.width);
    const onnx = joined(backbone, full, map);
    const rows = await verifyRows(full, samples.features, onProgress);
    const whole = await verifyWhole(alone, onnx, backbone, full, map, samples.pictures);
    const verification = {
      against: 'the backbone, and the head in plain double precision',
      samples: rows.samples,
      pictures: samples.pictures.length,
      maxDifference: Math.max(rows.difference, whole),
      top1Identical: true as const,
    };
    return { onnx, map, verification };
  } finally {
    await alone.close();
  }
}

function joined(backbone: Backbone, full: FullHead, map: MapShape | undefined): Uint8Array {
  const model = parseOnnx(backbone.model);
  const graph = model.graph as GraphProto;
  const builder = new GraphBuilder();
  const names = [...graph.initializer, ...graph.input].map(({ name }) => name);
  for (const name of new Set([...names, ...graph.node.flatMap(({ output }) => output)]))
    if (name !== '') builder.reserve(name);
  const { width } = full.head;
  const features = builder.op('Reshape', [BACKBONE_OUTPUTS.features, builder.ints([-1, width])]);
  const grid = map && { name: BACKBONE_OUTPUTS.map, shape: map };
  emitHead(builder, full, GRAPH_NAMES.probabilities, features, grid);
  const head = builder.proto('head');
  graph.node.push(...head.node);
  graph.initializer.push(...head.initializer);
  graph.output = head.output;
  graph.name = 'freezeframe';
  return toBinary(ModelProtoSchema, model);
}

/** How the backbone's map lies, from one run. */
async function mapShape(engine: Engine, backbone: Backbone, width: number): Promise<MapShape | undefined> {
  if (!backbone.map) return undefined;
  const { height, width: columns, channels } = backbone.input;
  const answer = await runPictures(engine, backbone, [new Uint8Array(height * columns * channels)]);
  const shape = (answer.map as TensorData).shape;
  if (shape.length !== 4) return undefined;
  const [, a = 0, b = 0, c = 0] = shape;
  // Where both fit, ONNX's own order is meant.
  if (a === width) return { rows: b, columns: c, order: 'channels-first' };
  return c === width ? { rows: a, columns: b, order: 'channels-last' } : undefined;
}

async function runPictures(engine: Engine, { input }: Backbone, pictures: readonly Uint8Array[]) {
  const { name, height, width, channels } = input;
  const data = new Uint8Array(height * width * channels * pictures.length);
  for (const [i, picture] of pictures.entries()) data.set(picture, i * picture.length);
  return engine.run({ [name]: { datatype: 'UINT8', shape: [pictures.length, height, width, channels], data } });
}

/** The head alone on features, all of them for probabilities, evenly chosen ones for distances. */
async function verifyRows(
  full: FullHead,
  features: Features,
  onProgress: (done: number, total: number) => void,
): Promise<{ samples: number; difference: number }> {
  const { head, unknown } = full;
  const builder = new GraphBuilder();
  builder.input('features', 'float32', [null, head.width]);
  emitHead(builder, full, GRAPH_NAMES.probabilities, 'features');
  const engine = await createEngine(builder.build());
  try {
    const step = Math.max(1, Math.ceil(features.count / DISTANCE_ROWS));
    const scoreOf = unknown && plainUnknown(full);
    let difference = 0;
    for await (const { first, count, rows } of features.windows()) {
      for (let at = 0; at < count; at += ROWS) {
        const some = Math.min(ROWS, count - at);
        const data = rows.subarray(at * head.width, (at + some) * head.width);
        const answer = await engine.run({ features: { datatype: 'FP32', shape: [some, head.width], data } });
        for (let row = 0; row < some; row++) {
          const wanted = plainProbabilities(head, rows, at + row);
          difference = Math.max(difference, compareRow(answer, wanted, row));
          if (!scoreOf || (first + at + row) % step !== 0) continue;
          compareScore(scoreOf(rows, at + row), numbers(answer, HEAD_OUTPUTS.unknown)[row] as number);
        }
        onProgress(first + at + some, features.count);
      }
    }
    return { samples: features.count, difference };
  } finally {
    await engine.close();
  }
}

async function verifyWhole(
  alone: Engine,
  onnx: Uint8Array,
  backbone: Backbone,
  full: FullHead,
  map: MapShape | undefined,
  pictures: readonly Uint8Array[],
): Promise<number> {
  if (pictures.length === 0) return 0;
  const engine = await createEngine(onnx);
  try {
    const [parts, whole] = [
      await runPictures(alone, backbone, pictures),
      await runPictures(engine, backbone, pictures),
    ];
    const features = numbers(parts, BACKBONE_OUTPUTS.features);
    const scoreOf = full.unknown && plainUnknown(full);
    let difference = 0;
    for (let row = 0; row < pictures.length; row++) {
      difference = Math.max(difference, compareRow(whole, plainProbabilities(full.head, features, row), row));
      if (scoreOf) compareScore(scoreOf(features, row), numbers(whole, HEAD_OUTPUTS.unknown)[row] as number);
      if (!map) continue;
      const all = numbers(parts, BACKBONE_OUTPUTS.map);
      const size = all.length / pictures.length;
      const wanted = plainHeatmap(full.head, all.subarray(row * size, (row + 1) * size), map);
      difference = Math.max(difference, compareMap(wanted, numbers(whole, HEAD_OUTPUTS.heatmap), row));
    }
    return difference;
  } finally {
    await engine.close();
  }
}

function numbers(answer: Record<string, TensorData>, name: string): Float32Array {
  return (answer[name] as TensorData).data as Float32Array;
}

function compareRow(answer: Record<string, TensorData>, wanted: Float64Array, row: number): number {
  const received = numbers(answer, GRAPH_NAMES.probabilities).subarray(row * wanted.length, (row + 1) * wanted.length);
  const difference = Math.max(...wanted.map((value, i) => Math.abs(value - (received[i] as number))));
  if (!(difference <= TOLERANCE)) throw failed(`the probabilities of row ${row} differ by ${difference}`);
  const [first, second] = [largest(wanted), largest(received)];
  // Two that are equal but for rounding have no first.
  if (first !== second && (wanted[first] as number) - (wanted[second] as number) > TOLERANCE)
    throw failed(`the first choice of row ${row} is another`);
  return difference;
}

function compareScore(wanted: number, received: number): void {
  const difference = Math.abs(wanted - received);
  if (!(difference <= DISTANCE_TOLERANCE * Math.max(1, Math.abs(wanted))))
    throw failed(`a distance is ${received} instead of ${wanted}`);
}

function compareMap(wanted: Float64Array, all: Float32Array, row: number): number {
  const largest = Math.max(1, ...wanted.map(Math.abs));
  const difference =
    Math.max(...wanted.map((value, i) => Math.abs(value - (all[row * wanted.length + i] as number)))) / largest;
  if (!(difference <= TOLERANCE)) throw failed(`the heat map of picture ${row} differs by ${difference}`);
  return difference;
}

function failed(reason: string): FreezeframeError {
  return new FreezeframeError('verification-failed', `The frozen graph does not answer as its parts do: ${reason}`, {
    remedy: 'Nothing was saved. A difference is a fault of Freezeframe: report it with the model.',
  });
}
