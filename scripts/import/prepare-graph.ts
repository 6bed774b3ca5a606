import { createEngine, type Engine, FreezeframeError, type TensorData } from '@freezeframe/inference';
import { emitGraph } from '#convert';
import type { Samples } from '#frozen';
import { asImportError } from '#guards';
import type { ImportedGraphModel } from '#read';
import {
  compare,
  type Difference,
  evaluateGraph,
  GRAPH_EVALUATOR,
  type ReferenceTensor,
  TOLERANCE,
  type Wanted,
} from '#reference';
import { mulberry32 } from '#system';
import type { GraphInput, GraphModel } from '#tensorflow';
import { samplesThatRun } from './checks/free-side.ts';
import { asReference, mapTensors, ROWS, rowsOf, runRowByRow } from './checks/rows.ts';
import { prepareOnnx } from './prepare-onnx.ts';
import type { ModelChoices, PreparedModel } from './prepared.ts';

const SEED = 21;
/** Plain JavaScript takes seconds for a row of a large model: with one row slower than this, that row is all it answers. */
const PATIENCE_SECONDS = 3;
/** For sides that the file leaves free, where the graph answers that size. */
const FREE_SIDE = 64;

/**
 * Writes the graph as ONNX, verifies that it answers as TensorFlow's operators do, and goes on as with any ONNX.
 * @throws FreezeframeError `verification-failed`, and what `prepareOnnx` throws
 */
export async function prepareGraph(imported: ImportedGraphModel, choices: ModelChoices): Promise<PreparedModel> {
  const { graphModel } = imported;
  const onnx = graphToOnnx(graphModel);
  const { maxDifference, samples } = await verifyGraph({ graphModel, onnx });
  const layers = graphModel.nodes.map(({ name }) => name);
  const prepared = await prepareOnnx({ ...imported, kind: 'onnx', onnx, layers }, choices);
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
  const differences = async (samples: Samples, wanted: readonly Wanted[]): Promise<Difference[]> => {
    const received = await engine.run(samples);
    return engine.outputs.map(({ name }, i) =>
      compare(name, { kind: 'tensors' }, wanted[i] as Wanted, received[name] as TensorData),
    );
  };
  try {
    const fixed = graphModel.inputs.map(({ shape }) => shape?.[0]).find((size) => typeof size === 'number');
    const make = (side = FREE_SIDE) => makeRows(graphModel.inputs, fixed ?? ROWS, side);
    const shapes = graphModel.inputs.map(({ shape = [] }) => shape);
    const rows = fixed === undefined ? await samplesThatRun(onnx, shapes, make) : make();
    const start = performance.now();
    const one = fixed === undefined ? mapTensors(rows, (all) => rowsOf(all, 0)) : rows;
    const first = await differences(one, await evaluate(graphModel, one));
    if (fixed !== undefined) return { maxDifference: verdict(first), samples: fixed };
    const patient = (performance.now() - start) / 1000 < PATIENCE_SECONDS;
    // Of a large model, what one row alone answered is held against that row in a batch.
    const wanted = patient ? await evaluate(graphModel, rows) : await answersAlone(engine, rows);
    return { maxDifference: verdict([...first, ...(await differences(rows, wanted))]), samples: patient ? ROWS : 1 };
  } finally {
    await engine.close();
  }
}

function makeRows(inputs: readonly GraphInput[], rows: number, side: number): Samples {
  const random = mulberry32(SEED);
  return Object.fromEntries(
    inputs.map(({ name, shape = [], datatype }): [string, TensorData] => {
      const dims = shape.map((size, axis) => (axis === 0 ? (size ?? rows) : (size ?? side)));
      const count = dims.reduce((n, size) => n * size, 1);
      const [floats, whole] = [() => random() * 2 - 1, () => Math.floor(random() * 2)];
      if (datatype === 'float32')
        return [name, { datatype: 'FP32', shape: dims, data: new Float32Array(count).map(floats) }];
      if (datatype === 'bool') return [name, { datatype: 'BOOL', shape: dims, data: new Uint8Array(count).map(whole) }];
      return [name, { datatype: 'INT32', shape: dims, data: new Int32Array(count).map(whole) }];
    }),
  );
}

function evaluate(graphModel: GraphModel, samples: Samples): Promise<ReferenceTensor[]> {
  const inputs = graphModel.inputs.map(({ name, datatype }): ReferenceTensor => {
    const { shape, data } = samples[name] as TensorData;
    return { shape, data: datatype === 'float32' ? (data as Float32Array) : Int32Array.from(data as Int32Array) };
  });
  return evaluateGraph(graphModel, inputs);
}

async function answersAlone(engine: Engine, rows: Samples): Promise<Wanted[]> {
  const answers = await runRowByRow(engine, rows, ROWS);
  return engine.outputs.map(({ name }) => asReference(answers[name] as TensorData));
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
