import { toBinary } from '@bufbuild/protobuf';
import {
  type ClassificationOutput,
  createEngine,
  FreezeframeError,
  type HeatmapOutput,
  type TensorData,
} from '@freezeframe/inference';
import { DATATYPE_NUMBERS, GraphBuilder, type GraphProto, ModelProtoSchema, parseOnnx, unusedName } from '#onnx';
import { formatBytes } from '#terminal';
import { makeSamples } from '../checks/samples.ts';
import type { PreparedModel } from '../prepared.ts';
import { sumDifference } from './check-sums.ts';
import { findHead, type HeadWeights, type LinearHead } from './find-head.ts';

const SEED = 22;
/** Pictures of squares of several sizes, whose features are far from each other. */
const ROWS = 4;
/** Of a logit, divided by the largest where that is above 1: it is rounding in single precision. */
const TOLERANCE = 1e-4;
const MAX_SIDE = 1024;
/** Of a file whose weights are bytes: what a copy of the head's weights may add. */
const MOST_COPIED = 0.1;

/**
 * Lets a classifier of pictures answer which parts of a picture speak for a label, where that is exact: Zhou et al., Learning
 * Deep Features for Discriminative Localization, 2016. Where it is not, a note says why, and the graph stays as it is.
 */
export async function addHeatmap(prepared: PreparedModel): Promise<PreparedModel> {
  const { input, output } = prepared.manifest;
  if (input.kind !== 'picture' || output.kind !== 'classification') return prepared;
  const noted = (note: string) => ({ ...prepared, notes: [...prepared.notes, note] });
  const without = (reason: string) => noted(`No heat map: ${reason}.`);
  const head = findHead(graphOf(prepared.onnx), output.name);
  if ('reason' in head) return without(head.reason);
  try {
    const found = await withMap(prepared, output, head);
    if ('reason' in found) return without(found.reason);
    const { rows, columns } = found.heatmap;
    const note = `It tells which of ${rows} x ${columns} parts of a picture speak for a label (predict --explain).`;
    const manifest = { ...prepared.manifest, output: { ...output, heatmap: found.heatmap } };
    return { ...noted(note), onnx: found.onnx, manifest };
  } catch (error) {
    if (error instanceof FreezeframeError) return without(`its graph does not run with one (${error.message})`);
    throw error;
  }
}

async function withMap(prepared: PreparedModel, { name: answer, labels }: ClassificationOutput, head: LinearHead) {
  const graph = graphOf(prepared.onnx);
  const names = namesIn(graph, head);
  const own = (await run(prepared, prepared.onnx, [answer]))[answer] as TensorData;
  const traced = await run(prepared, emitTrace(prepared.onnx, head, names));
  const logits = traced[names.name] as TensorData;
  const width = logits.data.length / (own.shape[0] as number);
  const single = width === 1 && labels.length === 2;
  if (width !== labels.length && !single) return { reason: `it pools ${width} numbers for ${labels.length} labels` };

  // What is computed from stored bytes would be no constant for onnxruntime any more, but part of every run.
  const stored = head.weights.every(({ name }) => graph.initializer.some((one) => one.name === name));
  const kernel = names.kernel === undefined ? undefined : traced[names.kernel];
  const copied = stored || kernel === undefined ? 0 : kernel.data.byteLength;
  // Whoever asked for small weights wants a small file.
  if (prepared.figures?.weights !== undefined && copied > prepared.onnx.byteLength * MOST_COPIED)
    return { reason: `its head would be kept as floats, too, ${formatBytes(copied)} more (--weights float32 has one)` };
  const onnx = emitMap(prepared.onnx, head, names, single, stored ? undefined : kernel);
  const more = await run(prepared, onnx);
  if (!sameBits(own, more[answer] as TensorData)) return { reason: 'its answers would change in their last digits' };
  const map = more[names.name] as TensorData;
  const [, rows = 1, columns = 1] = map.shape;
  if (map.shape.length !== 4 || rows * columns === 1 || Math.max(rows, columns) > MAX_SIDE)
    return { reason: `what it pools is [${map.shape.slice(1)}], no map of several parts` };
  if (head.window && String(head.window) !== String([rows, columns]))
    return { reason: `it pools windows of ${head.window.join(' x ')} of a map of ${rows} x ${columns}` };
  const difference = sumDifference(map, names.kernel === undefined ? undefined : more[names.kernel], logits);
  // Written so that NaN is too much.
  if (!(difference <= TOLERANCE)) return { reason: `its parts do not add up to its answer (off by ${difference})` };
  return { onnx, heatmap: { ...names, rows, columns } };
}

type Names = Pick<HeatmapOutput, 'name' | 'kernel'>;

function namesIn(graph: GraphProto, { weights }: LinearHead): Names {
  const name = unusedName(graph, 'heatmap');
  return weights.length === 0 ? { name } : { name, kernel: unusedName(graph, 'heatmap_kernel') };
}

/**
 * What is pooled, and apart from it the kernel that makes logits of it: all maps of a thousand labels would take MobileNetV2
 * a fifth more time, in every run. Without a kernel, what is pooled is a map of each label already.
 * @param single whether one logit stands for two labels: what speaks for the second speaks against the first
 */
function emitMap(
  onnx: Uint8Array,
  head: LinearHead,
  { name, kernel }: Names,
  single: boolean,
  known: TensorData | undefined,
): Uint8Array {
  const ofLabels = (builder: GraphBuilder, value: string, axis: number) =>
    single ? builder.op('Concat', [builder.op('Neg', [value]), value], { axis }) : value;
  return extended(onnx, (builder) => {
    const perm = head.order === 'channels-first' ? [0, 2, 3, 1] : [0, 1, 2, 3];
    const places = asFloat(builder, builder.op('Transpose', [head.map], { perm }));
    builder.node('Identity', [kernel ? places : ofLabels(builder, places, 3)], [name]);
    builder.output(name, 'float32', [null, null, null, null]);
    if (!kernel) return;
    const weights = known ? builder.weight(`${kernel}/weights`, known.shape, known.data) : product(builder, head);
    builder.node('Identity', [ofLabels(builder, weights, 1)], [kernel]);
    builder.output(kernel, 'float32', [null, null]);
  });
}

/** From what is pooled to the logits, as one matrix. */
function product(builder: GraphBuilder, { weights }: LinearHead): string {
  const [first, ...rest] = weights.map((one) => matrix(builder, one)) as [string, ...string[]];
  return asFloat(
    builder,
    rest.reduce((left, right) => builder.op('MatMul', [left, right]), first),
  );
}

/** Weights as a matrix with a column for each result. */
function matrix(builder: GraphBuilder, { name, form, factor }: HeadWeights): string {
  const flat = form === 'convolution' ? builder.op('Flatten', [name], { axis: 1 }) : name;
  const turned = form === 'inputs-first' ? flat : builder.op('Transpose', [flat], { perm: [1, 0] });
  return factor === 1 ? turned : builder.op('Mul', [turned, builder.float(factor)]);
}

/** The logits, and the kernel where there is one: for a look at them. */
function emitTrace(onnx: Uint8Array, head: LinearHead, { name, kernel }: Names): Uint8Array {
  return extended(onnx, (builder) => {
    builder.node('Reshape', [asFloat(builder, head.logits), builder.ints([-1])], [name]);
    builder.output(name, 'float32', [null]);
    if (!kernel) return;
    builder.node('Identity', [product(builder, head)], [kernel]);
    builder.output(kernel, 'float32', [null, null]);
  });
}

function asFloat(builder: GraphBuilder, value: string): string {
  return builder.op('Cast', [value], { to: DATATYPE_NUMBERS.float32 });
}

function graphOf(onnx: Uint8Array): GraphProto {
  return parseOnnx(onnx).graph as GraphProto;
}

/** The model with more outputs behind its own. */
function extended(onnx: Uint8Array, write: (builder: GraphBuilder) => void): Uint8Array {
  const model = parseOnnx(onnx);
  const graph = model.graph as GraphProto;
  const builder = new GraphBuilder();
  const names = [...graph.initializer, ...graph.input].map(({ name }) => name);
  for (const name of new Set([...names, ...graph.node.flatMap(({ output }) => output)]))
    if (name !== '') builder.reserve(name);
  write(builder);
  const more = builder.proto('heatmap');
  graph.node.push(...more.node);
  graph.initializer.push(...more.initializer);
  graph.output.push(...more.output);
  return toBinary(ModelProtoSchema, model);
}

type Tensors = Record<string, TensorData>;

async function run({ manifest }: PreparedModel, onnx: Uint8Array, names?: readonly string[]): Promise<Tensors> {
  const { input } = manifest;
  if (input.kind !== 'picture') return {};
  const engine = await createEngine(onnx);
  try {
    const rows = engine.inputs[0]?.shape[0] ?? ROWS;
    const picture = { ...input, preprocess: { scale: [1], offset: [0] } };
    const facts = { inputs: [], outputs: [], activation: 'none' as const };
    const [made] = Object.values(makeSamples(facts, picture, rows, SEED, new Map()));
    return await engine.run({ [input.name]: made as TensorData }, names);
  } finally {
    await engine.close();
  }
}

function sameBits(one: TensorData, other: TensorData): boolean {
  const bytes = ({ data }: TensorData) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes(one).equals(bytes(other));
}
