import { createEngine, expected, FreezeframeError, type TensorData } from '@freezeframe/inference';
import type { EmittedEnd, EmittedLite } from '#convert';
import type { Samples } from '#frozen';
import { checkLite, compare, LITE_EVALUATOR, type LiteDifference, type LiteValues, TOLERANCE } from '#reference';
import type { LiteModel, LiteTensor } from '#tensorflow';
import { asReference, rowsOf } from './rows.ts';
import { makeSamples } from './samples.ts';

const SEED = 22;
/** A picture of squares, and one of noise. */
const SAMPLES = 2;
/** Plain JavaScript takes seconds for a large model: with one sample slower than this, it is all that is computed. */
const PATIENCE_SECONDS = 3;
/** Of the step between two stored numbers: as far from the middle as float32 may take a number for one on the other side. */
const STEP_TOLERANCE = 0.01;

/**
 * Runs the graph with the results of all operators as outputs, and holds each operator against its definition. Then the graph
 * that is kept must answer the same.
 * @param write the graph, with all results or without
 * @returns the largest difference (of stored numbers beyond half a step), and how many samples were computed
 * @throws FreezeframeError `verification-failed`
 */
export async function verifyLite(
  model: LiteModel,
  write: (traced: boolean) => EmittedLite,
  exact: boolean,
): Promise<{ difference: number; samples: number }> {
  const [kept, traced] = [write(false), write(true)];
  const all = samplesOf(model, traced.inputs);
  const [engine, open] = [await createEngine(kept.onnx), await createEngine(traced.onnx)];
  try {
    let [difference, samples] = [0, 0];
    const start = performance.now();
    for (const sample of all) {
      const answers = await open.run(sample);
      const found = await checkLite({ model, exact, received: receivedOf(model, traced, sample, answers) });
      for (const one of found) if (!(one.difference <= toleranceOf(one))) throw failed(one);
      difference = Math.max(difference, ...found.map((one) => one.difference));
      samples += 1;
      checkSame(kept, await engine.run(sample), answers);
      if ((performance.now() - start) / 1000 > PATIENCE_SECONDS) break;
    }
    return { difference, samples };
  } finally {
    await engine.close();
    await open.close();
  }
}

function toleranceOf({ stored }: LiteDifference): number {
  return stored ? STEP_TOLERANCE : TOLERANCE;
}

/** Made-up inputs, of the size of the file's batch each. */
function samplesOf(model: LiteModel, inputs: readonly EmittedEnd[]): Samples[] {
  const made = inputs.map(({ name, shape, datatype }, i): [string, TensorData[]] => {
    const rows = shape[0] ?? 1;
    const stored = datatype === 'uint8' || datatype === 'int8';
    const facts = {
      inputs: [{ name, shape, integers: datatype === 'int32' || datatype === 'int64' || datatype === 'bool' }],
      outputs: [],
      activation: 'none' as const,
      ...(stored ? { own: { takes: 'bytes' as const, reason: '' } } : {}),
    };
    const sizes = shape.length === 0 ? [] : [rows * SAMPLES, ...(shape.slice(1) as number[])];
    const { [name]: tensor } = makeSamples(facts, { kind: 'tensors' }, rows, SEED + i, new Map(), () => sizes);
    const whole = inDatatype(tensor as TensorData, datatype);
    return [name, Array.from({ length: SAMPLES }, (_, n) => rowsOf(whole, n * rows, rows))];
  });
  if (model.inputs.length === 0) return [{}];
  return Array.from({ length: SAMPLES }, (_, n) =>
    Object.fromEntries(made.map(([name, parts]) => [name, parts[n]])),
  ) as Samples[];
}

function inDatatype({ shape, data }: TensorData, datatype: EmittedEnd['datatype']): TensorData {
  const values = Array.from(data as Float32Array, Number);
  switch (datatype) {
    case 'uint8':
      return { datatype: 'UINT8', shape, data: Uint8Array.from(values) };
    case 'int8':
      return { datatype: 'INT8', shape, data: Int8Array.from(values, (value) => Math.floor(value) - 128) };
    case 'int32':
      return { datatype: 'INT32', shape, data: Int32Array.from(values) };
    case 'int64':
      return { datatype: 'INT64', shape, data: BigInt64Array.from(values, (value) => BigInt(Math.trunc(value))) };
    case 'bool':
      return { datatype: 'BOOL', shape, data: Uint8Array.from(values) };
    default:
      return { datatype: 'FP32', shape, data: Float32Array.from(values) };
  }
}

/** By the numbers of tensors, stored numbers as the file has them: in the graph they are shifted to 0..255. */
function receivedOf(model: LiteModel, traced: EmittedLite, sample: Samples, answers: Record<string, TensorData>) {
  const inputs = new Map(model.inputs.map(({ tensor }, i) => [tensor, sample[traced.inputs[i]?.name ?? '']]));
  return (index: number): LiteValues | undefined => {
    const input = inputs.get(index);
    if (input) return asReference(input);
    const found = answers[traced.trace.get(index) ?? ''];
    if (!found) return undefined;
    const { type, quantization } = model.tensors[index] as LiteTensor;
    const shifted = found.datatype === 'UINT8' && type === 'INT8' && quantization;
    return shifted
      ? { shape: found.shape, data: Int16Array.from(found.data as Uint8Array, (n) => n - 128) }
      : asReference(found);
  };
}

function checkSame(
  { outputs }: EmittedLite,
  kept: Record<string, TensorData>,
  traced: Record<string, TensorData>,
): void {
  for (const { name } of outputs) {
    const [own, other] = [kept[name] as TensorData, traced[name] as TensorData];
    const { maxDifference, worst } = compare(name, { kind: 'tensors' }, asReference(other), own);
    if (!(maxDifference <= TOLERANCE))
      throw failed({ operator: 'output', tensor: name, difference: maxDifference, ...worst, stored: false });
  }
}

function failed({ operator, tensor, difference, wanted, received }: LiteDifference): FreezeframeError {
  const message = `${operator}: ${expected(String(wanted), tensor, received)} (off by ${difference})`;
  return new FreezeframeError('verification-failed', `The graph does not answer as ${LITE_EVALUATOR}: ${message}`, {
    details: { operator, tensor, difference },
    remedy: 'Nothing was saved. A difference is a fault of the converter: report it with the model.',
  });
}
