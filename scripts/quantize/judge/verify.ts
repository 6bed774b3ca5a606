import { toBinary } from '@bufbuild/protobuf';
import { expected, FreezeframeError, type TensorData } from '@freezeframe/inference';
import type { Samples } from '#frozen';
import { type GraphProto, ModelProtoSchema, parseOnnx, TensorProto_DataType } from '#onnx';
import { checkStored, STORED_EVALUATOR, type StoredDifference, type StoredValues } from '#reference';
import { withOutputs } from '../graph/float-graph.ts';
import type { Rewritten } from '../write/rewrite.ts';
import { openStored } from './int8-pass.ts';

/** Of a step: how far float32 may move a number that lies between two bytes. */
const STEP_TOLERANCE = 0.02;
/** Real numbers count in millionths of the largest. */
const REAL_TOLERANCE = 100;
/** Plain JavaScript takes seconds for a large model: with one picture slower than this, it is all that is computed. */
const PATIENCE_SECONDS = 3;

export interface StoredVerification {
  readonly against: string;
  readonly samples: number;
  /** How far a byte was at most from the right number rounded, in steps. */
  readonly maxDifference: number;
}

/**
 * Holds each operator of a quantized graph against integer arithmetic in plain code, on pictures; then the graph as it is kept
 * must give the same bytes in the end.
 * @throws FreezeframeError `verification-failed`
 */
export async function verifyStored(
  { onnx, computed, bytes, products }: Rewritten,
  pictures: readonly Samples[],
): Promise<StoredVerification> {
  const model = parseOnnx(onnx);
  const inputs = new Set(model.graph?.input.map(({ name }) => name));
  const looked = bytes.filter((name) => !inputs.has(name));
  const stored = parseOnnx(withOutputs(model, looked, TensorProto_DataType.UINT8));
  const traced = await openStored(withOutputs(stored, products, TensorProto_DataType.FLOAT));
  const kept = await openStored(toBinary(ModelProtoSchema, model));
  try {
    let [samples, worst] = [0, 0];
    const start = performance.now();
    for (const sample of pictures) {
      const values: Record<string, TensorData> = { ...sample, ...(await traced.run(sample)) };
      const received = (name: string) => values[name] as StoredValues | undefined;
      for (const one of checkStored(model.graph as GraphProto, computed, received)) {
        const product = products.includes(one.value);
        if (!(one.difference <= (product ? REAL_TOLERANCE : STEP_TOLERANCE))) throw failed(one);
        if (!product) worst = Math.max(worst, one.difference);
      }
      for (const [name, own] of Object.entries(await kept.run(sample)))
        checkSame(name, own, values[name] as TensorData);
      samples++;
      if ((performance.now() - start) / 1000 > PATIENCE_SECONDS) break;
    }
    return { against: STORED_EVALUATOR, samples, maxDifference: worst };
  } finally {
    await traced.close();
    await kept.close();
  }
}

/** The same operators run, perhaps together with what follows them: only float32 may round otherwise. */
function checkSame(name: string, own: TensorData, other: TensorData): void {
  const [a, b] = [own.data as Float32Array, other.data as Float32Array];
  let [most, off] = [1, 0];
  for (const [i, value] of a.entries()) {
    most = Math.max(most, Math.abs(value));
    const difference = Math.abs(value - (b[i] as number));
    // Written so that NaN is a difference.
    if (!(difference <= off)) off = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  if (!(off <= 1e-4 * most))
    throw failed({ operator: 'output', value: name, difference: off, wanted: 0, received: off });
}

function failed({ operator, value, difference, wanted, received }: StoredDifference): FreezeframeError {
  const message = `${operator}: ${expected(String(wanted), value, received)} (off by ${difference})`;
  return new FreezeframeError(
    'verification-failed',
    `The int8 graph does not answer as ${STORED_EVALUATOR}: ${message}`,
    {
      details: { operator, value, difference },
      remedy: 'Nothing was saved. Leave out --precision int8, and report it with the model.',
    },
  );
}
