import { DATATYPE_INFO, type Engine, FreezeframeError, type TensorData } from '@freezeframe/inference';
import type { FreezeInput, FreezeOutput, Samples } from '#frozen';
import { compare, type Difference, referenceInputs, TOLERANCE } from '#reference';
import type { OnnxFacts } from '../facts/onnx-facts.ts';
import type { ImportVerification } from '../prepared.ts';
import { asReference, BATCHES, runRowByRow } from './rows.ts';

export interface OnnxVerification {
  /** Of the file, its inputs and outputs made plain. */
  readonly original: Engine;
  readonly edited: Engine;
  readonly facts: OnnxFacts;
  /** Of the edited graph's only input, where it was edited. */
  readonly name: string;
  readonly free: boolean;
  /** Whether the original takes one row at a time where the edited graph takes any number. */
  readonly freed: boolean;
  readonly input: FreezeInput;
  readonly output: FreezeOutput;
  /** The output that `output` says something of. */
  readonly answer: string;
  /** So many rows, by the names of a frozen Keras model. */
  readonly samples: (rows: number) => Samples;
}

export interface VerifiedOnnx {
  readonly verification: ImportVerification;
  /** Whether a row's answer, in the file as it came, depends on the rows beside it. */
  readonly mixes: boolean;
}

/**
 * Runs the edited graph on bytes or raw features, in batches of 1 and 3, and the file as it came on what plain code makes
 * of them.
 * @throws FreezeframeError `verification-failed`
 */
export async function verifyOnnx(task: OnnxVerification): Promise<VerifiedOnnx> {
  const { original, edited, facts, free, freed, output } = task;
  const fixed = facts.inputs[0]?.shape[0];
  const batches = free ? BATCHES : [typeof fixed === 'number' ? fixed : 1];
  const differences: Difference[] = [];
  let mixes = false;
  for (const rows of batches) {
    const some = task.samples(rows);
    const received = await edited.run(task.input.kind === 'tensors' ? some : { [task.name]: first(some) });
    const feeds = originalFeeds(task, some);
    const wanted = freed && rows > 1 ? await runRowByRow(original, feeds, rows) : await original.run(feeds);
    // Tensors of any model may lie otherwise than row by row.
    if (!freed && rows > 1 && task.input.kind !== 'tensors')
      mixes = differs((await runRowByRow(original, feeds, rows))[task.answer], wanted[task.answer]);
    for (const { name } of edited.outputs) {
      const kind = name === task.answer ? output : ({ kind: 'tensors' } as const);
      differences.push(compare(name, kind, asReference(wanted[name] as TensorData), received[name] as TensorData));
    }
  }
  const bad = differences.find((d) => !(d.maxDifference <= TOLERANCE) || d.top1Different.length > 0);
  if (bad) throw failed(bad);
  const verification = {
    against: 'the ONNX file unmodified in onnxruntime',
    batches,
    samples: Math.max(...batches),
    maxDifference: Math.max(0, ...differences.map((d) => d.maxDifference)),
    ...(differences.some((d) => d.classifies) ? { top1Identical: true } : {}),
  };
  return { verification, mixes };
}

function differs(alone: TensorData | undefined, together: TensorData | undefined): boolean {
  if (!alone || !together) return false;
  return compare('', { kind: 'tensors' }, asReference(alone), together).maxDifference > MIXED;
}

/** More than sums in another order make. */
const MIXED = 1e-4;

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
  const tensor: TensorData =
    original.inputs[0]?.datatype === 'FP64'
      ? { datatype: 'FP64', shape, data: Float64Array.from(data) }
      : { datatype: 'FP32', shape, data };
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

function first(samples: Samples): TensorData {
  return Object.values(samples)[0] as TensorData;
}
