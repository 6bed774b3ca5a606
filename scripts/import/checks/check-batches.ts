import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createEngine, type Engine, expected, FreezeframeError, type TensorData } from '@freezeframe/inference';
import type { Samples } from '#frozen';
import type { Shape } from '#keras';
import { ModelProtoSchema, TensorShapeProtoSchema } from '#onnx';
import { mapTensors, ROWS, rowsOf } from './rows.ts';

/** Rounding between batches: another number of rows may be summed in another order. */
const BATCH_TOLERANCE = 1e-4;

/**
 * The graph without what it says of its outputs' sizes, so that onnxruntime works them out from the operators alone.
 */
function withoutOutputShapes(onnx: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, onnx);
  for (const { type } of model.graph?.output ?? []) {
    if (type?.value.case !== 'tensorType') continue;
    const rank = type.value.value.shape?.dim.length ?? 0;
    type.value.value.shape = create(TensorShapeProtoSchema, { dim: Array.from({ length: rank }, () => ({})) });
  }
  return toBinary(ModelProtoSchema, model);
}

/**
 * Runs the graph on batches of 1 and 3 of the same samples: inferred and answered shapes must be `shapes`, and a sample's
 * answer must not depend on those beside it.
 * @param shapes of the outputs, in the graph's order, as the model's own framework has them.
 * @param samples three rows.
 * @throws FreezeframeError `verification-failed`
 */
export async function checkBatches(onnx: Uint8Array, shapes: readonly Shape[], samples: Samples): Promise<number> {
  const engine = await createEngine(withoutOutputShapes(onnx));
  try {
    checkInferred(engine, shapes);
    const together = await engine.run(samples);
    let worst = 0;
    for (let row = 0; row < ROWS; row++) {
      const apart = await engine.run(mapTensors(samples, (all) => rowsOf(all, row)));
      for (const [i, { name }] of engine.outputs.entries()) {
        const [alone, among] = [apart[name] as TensorData, together[name] as TensorData];
        checkShape(name, alone.shape, shapes[i] as Shape, 1);
        checkShape(name, among.shape, shapes[i] as Shape, ROWS);
        worst = Math.max(worst, rowDifference(name, alone, among, row));
      }
    }
    return worst;
  } finally {
    await engine.close();
  }
}

function checkInferred({ outputs }: Engine, shapes: readonly Shape[]): void {
  for (const [i, { name, shape }] of outputs.entries()) {
    const wanted = shapes[i] as Shape;
    const known = shape.every(
      (size, axis) => axis === 0 || size === null || wanted[axis] === null || size === wanted[axis],
    );
    if (shape.length === wanted.length && known) continue;
    throw failed(
      expected(`[${wanted.slice(1)}]`, `the shape that onnxruntime infers for output ${name}`, shape.slice(1)),
    );
  }
}

function checkShape(name: string, shape: readonly number[], wanted: Shape, rows: number): void {
  const fits = shape.length === wanted.length && wanted.every((size, axis) => size === null || shape[axis] === size);
  if (fits && (wanted[0] !== null || shape[0] === rows)) return;
  throw failed(
    expected(`[${[rows, ...wanted.slice(1)]}]`, `the shape of output ${name} for a batch of ${rows}`, shape),
  );
}

function rowDifference(name: string, alone: TensorData, among: TensorData, row: number): number {
  let worst = 0;
  const size = alone.data.length;
  for (let i = 0; i < size; i++) {
    const [a, b] = [Number(alone.data[i]), Number(among.data[row * size + i])];
    const difference = Math.abs(a - b) / Math.max(1, Math.abs(a));
    if (difference <= BATCH_TOLERANCE) worst = Math.max(worst, difference);
    else if (!(Object.is(a, b) || (Number.isNaN(a) && Number.isNaN(b)))) {
      throw failed(expected(String(a), `value ${i} of output ${name} in a batch of 3, as alone,`, b));
    }
  }
  return worst;
}

function failed(message: string): FreezeframeError {
  return new FreezeframeError('verification-failed', `The frozen graph is not as the model: ${message}`, {
    remedy: 'Nothing was saved. This is a fault of the converter: report it with the model.',
  });
}
