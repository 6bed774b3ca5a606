import { createEngine, DATATYPE_INFO, type TensorData } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { emitLite } from '../../../../scripts/convert/tflite/emit-lite.ts';
import { OPERATOR_NAMES } from '../../../../scripts/convert/tflite/operators/index.ts';
import { verifyLite } from '../../../../scripts/import/checks/verify-lite.ts';
import { EXECUTORS } from '../../../../scripts/reference/tflite/operators.ts';
import { readLite } from '../../../../scripts/tensorflow/lite/lite-model.ts';
import { type LiteAnswer, liteAnswers, type Tensors } from './answers.ts';

const CASES = liteAnswers();
/** What is computed is stored in eight bits. */
const STORED = new Set(['int8', 'uint8', 'unshaped', 'edges']);
const OWN = { precision: 'exact', inputs: 'own', outputs: 'own' } as const;
const REAL = { precision: 'float32', inputs: 'real', outputs: 'real' } as const;

/**
 * One step of what is stored, where TensorFlow Lite does not round to the nearest: it interpolates with integers, and its
 * kernels for these differ from each other too.
 */
const A_STEP = /^(leaky-relu|r?sqrt|hard-swish|reduce-prod|cast|resize-bilinear|l2-normalization)/;
/** litert rounds what goes into small weights to eight bits, in steps of its own choice. */
const DYNAMIC = 0.03;

function toleranceOf({ name, form }: LiteAnswer): number {
  if (form === 'dynamic') return DYNAMIC;
  if (form === 'float' || form === 'float16' || form === 'edges') return 1e-5;
  return A_STEP.test(name) ? 1 : 0;
}

describe('operators of TensorFlow Lite', () => {
  it.each(CASES)('$name: onnxruntime answers as ai-edge-litert', async (answer) => {
    const emitted = emitLite(readLite(answer.model), OWN);
    const engine = await createEngine(emitted.onnx);
    try {
      const received = await engine.run(feeds(engine.inputs, answer.inputs));
      expect(largestDifference(received, answer.outputs)).toBeLessThanOrEqual(toleranceOf(answer));
      const other = answer.withoutXnnpack;
      if (other)
        expect(largestDifference(received, other)).toBeLessThanOrEqual(Math.max(toleranceOf(answer), slack(answer)));
    } finally {
      await engine.close();
    }
  });

  it.each(CASES)('$name: each operator is as the plain evaluator has it', async ({ model }) => {
    const lite = readLite(model);
    const exact = await verifyLite(lite, (traced) => emitLite(lite, { ...OWN, traced }), true);
    expect(exact.difference).toBeLessThanOrEqual(1e-3);
    const real = await verifyLite(lite, (traced) => emitLite(lite, { ...REAL, traced }), false);
    expect(real.difference).toBeLessThanOrEqual(1e-5);
  });

  it('has an executor for each, and cases of floats and of stored numbers', () => {
    expect(Object.keys(EXECUTORS).sort()).toEqual(OPERATOR_NAMES);
    const seen = (fits: (form: string) => boolean) =>
      new Set(
        CASES.filter(({ form }) => fits(form)).flatMap(({ model }) =>
          readLite(model).operators.map(({ name }) => name),
        ),
      );
    const [floats, stored] = [seen((form) => form === 'float'), seen((form) => STORED.has(form))];
    expect(OPERATOR_NAMES.filter((name) => !floats.has(name) && !BETWEEN.has(name))).toEqual([]);
    expect(OPERATOR_NAMES.filter((name) => !stored.has(name) && !WITHOUT_STORED.has(name))).toEqual([]);
  });
});

/** Between floats and stored numbers. */
const BETWEEN = new Set(['QUANTIZE', 'DEQUANTIZE']);
/** TensorFlow Lite has no kernel for eight bits, or its converter writes none. */
const WITHOUT_STORED = new Set<string>();

/** Without XNNPACK a number that lies between two steps may go to the other. */
function slack({ form }: LiteAnswer): number {
  return STORED.has(form) ? 1 : 0;
}

function feeds(inputs: readonly { name: string; datatype: TensorData['datatype'] }[], given: Tensors) {
  const tensors = inputs.map(({ name, datatype }): [string, TensorData] => {
    const { shape, data } = given[name] as Tensors[string];
    const values = new DATATYPE_INFO[datatype].array(data.length);
    for (const [i, value] of data.entries()) values[i] = value as never;
    return [name, { datatype, shape, data: values }];
  });
  return Object.fromEntries(tensors);
}

/** Of floats divided by their size where that is above 1. */
function largestDifference(received: Record<string, TensorData>, wanted: Tensors): number {
  let largest = 0;
  for (const [name, { shape, data }] of Object.entries(wanted)) {
    const tensor = received[name] as TensorData;
    expect(tensor.shape).toEqual(shape);
    const size = (value: number) => (tensor.datatype === 'FP32' ? Math.max(1, Math.abs(value)) : 1);
    for (const [i, value] of data.entries())
      largest = Math.max(largest, Math.abs(Number(tensor.data[i]) - value) / size(value));
  }
  return largest;
}
