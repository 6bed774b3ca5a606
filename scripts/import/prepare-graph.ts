import { createEngine, type Engine, FreezeframeError, type TensorData } from '@freezeframe/inference';
import { emitGraph } from '#convert';
import { asImportError } from '#guards';
import type { ImportedGraphModel } from '#read';
import { compare, type Difference, evaluateGraph, GRAPH_EVALUATOR, type ReferenceTensor, TOLERANCE } from '#reference';
import { mulberry32 } from '#system';
import type { GraphInput, GraphModel } from '#tensorflow';
import { prepareOnnx } from './prepare-onnx.ts';
import type { ModelChoices, PreparedModel } from './prepared.ts';

/** Rows of the larger batch. */
const ROWS = 3;
const SEED = 21;
/** Plain JavaScript takes seconds for a row of a large model: with one row slower than this, that row is all it answers. */
const PATIENCE_SECONDS = 3;
/** For sides that the file leaves free. */
const FREE_SIDE = 64;

/**
 * Writes the graph as ONNX, verifies that it answers as TensorFlow's operators do, and goes on as with any ONNX.
 * @throws FreezeframeError `verification-failed`, and what `prepareOnnx` throws
 */
export async function prepareGraph(imported: ImportedGraphModel, choices: ModelChoices): Promise<PreparedModel> {
  const { graphModel } = imported;
  const onnx = graphToOnnx(graphModel);
  const { maxDifference, samples } = await verifyGraph({ graphModel, onnx });
  const prepared = await prepareOnnx({ ...imported, kind: 'onnx', onnx }, choices);
  const verification = {
    ...prepared.verification,
    against: GRAPH_EVALUATOR,
    samples,
    maxDifference: Math.max(maxDifference, prepared.verification.maxDifference),
  };
  return { ...prepared, verification };
}

/** @throws ImportError `unsupported-layer` naming every operator that cannot be written, `file-damaged` */
export function graphToOnnx(graphModel: GraphModel): Uint8Array {
  return asImportError('The graph in model.json', () => emitGraph(graphModel));
}

interface WrittenGraph {
  readonly graphModel: GraphModel;
  readonly onnx: Uint8Array;
}

/** @returns the largest difference, and how many rows the reference answered */
export async function verifyGraph(written: WrittenGraph): Promise<{ maxDifference: number; samples: number }> {
  const { graphModel, onnx } = written;
  const engine = await createEngine(onnx);
  try {
    const fixed = graphModel.inputs.map(({ shape }) => shape?.[0]).find((size) => typeof size === 'number');
    const rows = makeRows(graphModel.inputs, fixed ?? ROWS);
    const start = performance.now();
    const one = fixed === undefined ? rows.map((tensor) => firstRow(tensor)) : rows;
    const wanted = await evaluateGraph(graphModel, one);
    const differences = await compareWith(engine, graphModel.inputs, one, wanted);
    if (fixed !== undefined) return { maxDifference: verdict(differences), samples: fixed };
    const patient = (performance.now() - start) / 1000 < PATIENCE_SECONDS;
    // Of a large model, what one row alone answered is held against that row in a batch.
    const all = patient ? await evaluateGraph(graphModel, rows) : await rowByRow(engine, graphModel.inputs, rows);
    const more = await compareWith(engine, graphModel.inputs, rows, all);
    return { maxDifference: verdict([...differences, ...more]), samples: patient ? ROWS : 1 };
  } finally {
    await engine.close();
  }
}

function makeRows(inputs: readonly GraphInput[], rows: number): ReferenceTensor[] {
  const random = mulberry32(SEED);
  return inputs.map(({ shape = [], datatype }) => {
    const dims = shape.map((size, axis) => (axis === 0 ? (size ?? rows) : (size ?? FREE_SIDE)));
    const count = dims.reduce((n, size) => n * size, 1);
    if (datatype === 'float32') return { shape: dims, data: new Float32Array(count).map(() => random() * 2 - 1) };
    return { shape: dims, data: new Int32Array(count).map(() => Math.floor(random() * 2)) };
  });
}

function firstRow(tensor: ReferenceTensor): ReferenceTensor {
  return rowOf(tensor, 0);
}

function rowOf({ shape, data }: ReferenceTensor, row: number): ReferenceTensor {
  const size = data.length / (shape[0] as number);
  return { shape: [1, ...shape.slice(1)], data: data.slice(row * size, (row + 1) * size) };
}

async function run(
  engine: Engine,
  inputs: readonly GraphInput[],
  tensors: readonly ReferenceTensor[],
): Promise<TensorData[]> {
  const feeds = inputs.map(({ name, datatype }, i): [string, TensorData] => {
    const { shape, data } = tensors[i] as ReferenceTensor;
    if (datatype === 'bool') return [name, { datatype: 'BOOL', shape: [...shape], data: Uint8Array.from(data) }];
    return [name, { datatype: datatype === 'int32' ? 'INT32' : 'FP32', shape: [...shape], data }];
  });
  const answers = await engine.run(Object.fromEntries(feeds));
  return engine.outputs.map(({ name }) => answers[name] as TensorData);
}

async function rowByRow(
  engine: Engine,
  inputs: readonly GraphInput[],
  rows: readonly ReferenceTensor[],
): Promise<ReferenceTensor[]> {
  const answers: TensorData[][] = [];
  for (let row = 0; row < ROWS; row++)
    answers.push(
      await run(
        engine,
        inputs,
        rows.map((tensor) => rowOf(tensor, row)),
      ),
    );
  return engine.outputs.map((_, i) => {
    const parts = answers.map((answer) => answer[i] as TensorData);
    const [{ shape }] = parts as [TensorData];
    return {
      shape: [ROWS, ...shape.slice(1)],
      data: Float32Array.from(parts.flatMap(({ data }) => Array.from(data, Number))),
    };
  });
}

async function compareWith(
  engine: Engine,
  inputs: readonly GraphInput[],
  tensors: readonly ReferenceTensor[],
  wanted: readonly ReferenceTensor[],
): Promise<Difference[]> {
  const received = await run(engine, inputs, tensors);
  return engine.outputs.map(({ name }, i) =>
    compare(name, { kind: 'tensors' }, wanted[i] as ReferenceTensor, received[i] as TensorData),
  );
}

function verdict(differences: readonly Difference[]): number {
  // Written so that NaN is a failure.
  const bad = differences.find(({ maxDifference }) => !(maxDifference <= TOLERANCE));
  if (!bad) return Math.max(0, ...differences.map(({ maxDifference }) => maxDifference));
  const { output, maxDifference, worst } = bad;
  const message = `output ${output} differs by up to ${maxDifference} (${worst.received} instead of ${worst.wanted})`;
  throw new FreezeframeError('verification-failed', `The graph does not answer as ${GRAPH_EVALUATOR}: ${message}`, {
    details: { output, maxDifference, tolerance: TOLERANCE },
    remedy: 'Nothing was saved. A difference is a fault of the converter: report it with the model.',
  });
}
