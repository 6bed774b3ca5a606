import { createEngine, DATATYPE_INFO, type Engine, FreezeframeError, type TensorData } from '@freezeframe/inference';
import type { FreezeInput, FreezeOutput, Samples } from '#frozen';
import { compare, type Difference, referenceInputs, TOLERANCE } from '#reference';
import { mulberry32 } from '#system';
import type { OnnxFacts } from '../facts/onnx-facts.ts';
import type { ImportVerification } from '../prepared.ts';
import { asReference, BATCHES, joinRows, mapTensors, ROWS, rowsOf, runRowByRow } from './rows.ts';

export interface OnnxVerification {
  readonly original: Engine;
  readonly onnx: Uint8Array;
  readonly facts: OnnxFacts;
  /** Of the edited graph's only input, where it was edited. */
  readonly name: string;
  readonly free: boolean;
  readonly input: FreezeInput;
  readonly output: FreezeOutput;
  /** Three rows, by the names of a frozen Keras model. */
  readonly samples: Samples;
}

/**
 * Runs the edited graph on bytes or raw features, in batches of 1 and 3, and the file as it came on what plain code makes
 * of them, one row at a time.
 * @throws FreezeframeError `verification-failed`
 */
export async function verifyOnnx(task: OnnxVerification): Promise<ImportVerification> {
  const { original, facts, free, output, samples } = task;
  const edited = await createEngine(task.onnx);
  try {
    const fixed = facts.inputs[0]?.shape[0];
    const batches = free ? BATCHES : [typeof fixed === 'number' ? fixed : 1];
    const differences: Difference[] = [];
    for (const rows of batches) {
      const some = mapTensors(samples, (tensor) => repeated(tensor, rows));
      const received = await edited.run(task.input.kind === 'tensors' ? some : { [task.name]: first(some) });
      const wanted = await runOriginal(original, originalFeeds(task, some), rows);
      for (const { name } of edited.outputs) {
        const reference = asReference(wanted[name] as TensorData);
        differences.push(compare(name, output, reference, received[name] as TensorData));
      }
    }
    const bad = differences.find((d) => !(d.maxDifference <= TOLERANCE) || d.top1Different.length > 0);
    if (bad) throw failed(bad);
    const classifies = differences.some((d) => d.classifies);
    const maxDifference = Math.max(0, ...differences.map((d) => d.maxDifference));
    const against = 'the ONNX file unmodified in onnxruntime';
    return {
      against,
      batches,
      samples: Math.max(...batches),
      maxDifference,
      ...(classifies ? { top1Identical: true } : {}),
    };
  } finally {
    await edited.close();
  }
}

function failed({ output, maxDifference, worst }: Difference): FreezeframeError {
  const message = `output ${output} differs by up to ${maxDifference} (${worst.received} instead of ${worst.wanted})`;
  return new FreezeframeError(
    'verification-failed',
    `The graph with its preprocessing does not answer as the file: ${message}`,
    {
      details: { output, maxDifference, tolerance: TOLERANCE },
      remedy: 'Nothing was saved. Import it with --preprocess none --task tensors, and report it with the model.',
    },
  );
}

/** What the file takes, made in plain code from what the edited graph takes. */
function originalFeeds({ original, facts, input, output }: OnnxVerification, samples: Samples): Samples {
  const own = original.inputs[0]?.name ?? '';
  if (input.kind === 'tensors') return samples;
  if (facts.inputs[0]?.integers) {
    const picture = first(samples);
    return { [own]: facts.order === 'channels-first' ? channelsFirst(picture) : picture };
  }
  const [prepared] = referenceInputs({ input, output }, samples, [own]);
  const { shape, data } = prepared as { shape: readonly number[]; data: Float32Array };
  const tensor: TensorData = { datatype: 'FP32', shape, data };
  return { [own]: input.kind === 'picture' && facts.order === 'channels-first' ? channelsFirst(tensor) : tensor };
}

function channelsFirst({ datatype, shape, data }: TensorData): TensorData {
  const [rows, height, width, channels] = shape as [number, number, number, number];
  const result = new DATATYPE_INFO[datatype].array(data.length);
  const plane = height * width;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < plane; i++) {
        result[(row * channels + c) * plane + i] = data[(row * plane + i) * channels + c] as never;
      }
    }
  }
  return { datatype, shape: [rows, channels, height, width], data: result };
}

/** A batch that is fixed at 1 takes its rows one after the other. */
async function runOriginal(engine: Engine, feeds: Samples, rows: number): Promise<Record<string, TensorData>> {
  const single = engine.inputs.some(({ shape }) => shape[0] === 1);
  if (!single || rows === 1) return engine.run(feeds);
  return runRowByRow(engine, feeds, rows);
}

/** Rows 0, 1, 2, 0, 1, ... as many as wanted. */
function repeated(tensor: TensorData, rows: number): TensorData {
  const own = tensor.shape[0] as number;
  return joinRows(Array.from({ length: rows }, (_, row) => rowsOf(tensor, row % own)));
}

function first(samples: Samples): TensorData {
  return Object.values(samples)[0] as TensorData;
}

/** Whether a graph with a freed batch loads, and answers three rows as the one it was made from answers each alone. */
export async function sameAnswers(fixed: Uint8Array, freed: Uint8Array): Promise<boolean> {
  const before = await createEngine(fixed);
  try {
    const after = await createEngine(freed);
    try {
      const random = mulberry32(1);
      const feeds: Record<string, TensorData> = {};
      for (const { name, datatype, shape } of before.inputs) {
        const sizes = [ROWS, ...shape.slice(1).map((size) => size ?? 64)];
        const data = new DATATYPE_INFO[datatype].array(sizes.reduce((n, size) => n * size, 1));
        const whole = !datatype.startsWith('FP');
        const big = datatype === 'INT64' || datatype === 'UINT64';
        const value = () => (whole ? Math.floor(random() * 2) : random() * 2 - 1);
        for (let i = 0; i < data.length; i++) data[i] = (big ? BigInt(value()) : value()) as never;
        feeds[name] = { datatype, shape: sizes, data };
      }
      const wanted = await runOriginal(before, feeds, ROWS);
      const received = await after.run(feeds);
      return before.outputs.every(({ name }) => {
        const reference = asReference(wanted[name] as TensorData);
        return compare(name, { kind: 'tensors' }, reference, received[name] as TensorData).maxDifference <= TOLERANCE;
      });
    } finally {
      await after.close();
    }
  } catch (error) {
    // The engine's own refusals mean "no"; anything else is a bug.
    if (error instanceof FreezeframeError) return false;
    throw error;
  } finally {
    await before.close();
  }
}
