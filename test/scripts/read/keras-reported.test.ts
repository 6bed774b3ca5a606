import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type TensorData } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { freezePlan } from '../../../scripts/convert/freeze.ts';
import { planFreeze } from '../../../scripts/convert/plan/plan.ts';
import { prepareKeras } from '../../../scripts/import/prepare-keras.ts';
import { readModel } from '../../../scripts/read/read-model.ts';
import { declaredInputs, evaluate } from '../../../scripts/reference/evaluator/index.ts';
import type { ReferenceTensor } from '../../../scripts/reference/reference-tensor.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/keras-reported');

interface Expected {
  readonly input?: { readonly shape: readonly number[] };
  readonly inputs?: readonly { readonly shape: readonly number[]; readonly name: string }[];
  readonly output?: Answer;
  readonly outputs?: readonly Answer[];
  /** The code of the error that it must be refused with. */
  readonly refuse?: string;
  /** One rounding step of Keras's own, where it quantizes what a layer is given. */
  readonly tolerance?: number;
}

interface Answer {
  readonly shape: readonly number[];
  readonly data: readonly (number | null)[];
  readonly name?: string;
}

/** What all expected answers are for. */
function sample(shape: readonly number[]): TensorData {
  const length = shape.reduce((n, size) => n * size, 1);
  const data = Float32Array.from({ length }, (_, i) => ((i * 7919 + 104729) % 1009) / 1008);
  return { datatype: 'FP32', shape: [...shape], data };
}

const CASES = readdirSync(FIXTURES).filter((name) => /\.(keras|h5|zip)$/.test(name));

async function answers(path: string, expectation: Expected) {
  const { imported } = await readModel(path);
  if (imported.kind !== 'keras') throw new Error(`${path} is no Keras model`);
  const { model, plan } = imported;
  // What the command does: it refuses a graph that the evaluator does not agree with. Its samples are no indices of a table
  // behind a Rescaling.
  const isTable = path.includes('-embedding.');
  if (!isTable)
    await prepareKeras(imported, { pictures: { preprocess: 'none' }, task: 'tensors', allowNonfinite: false });
  const { onnx } = freezePlan(planFreeze(model, plan), { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
  const declared = declaredInputs(model.config).map(({ name }) => name);
  const given = expectation.inputs ?? [{ ...(expectation.input as { shape: number[] }), name: declared[0] as string }];
  const samples = new Map(given.map(({ name, shape }) => [name, sample(shape)]));
  const engine = await createEngine(onnx);
  try {
    const frozen = await engine.run(Object.fromEntries(samples));
    const inputs = declared.map((name) => samples.get(name) as unknown as ReferenceTensor);
    const computed = await evaluate(model, inputs);
    return engine.outputs.map(({ name }, i) => ({ name, frozen: frozen[name], computed: computed[i] }));
  } finally {
    await engine.close();
  }
}

/** Largest difference, divided by what is above 1. */
function difference(received: ArrayLike<number | bigint>, { data }: Answer): number {
  expect(received.length).toBe(data.length);
  return Math.max(
    ...data.map((wanted, i) => {
      const value = Number(received[i]);
      if (wanted === null) return Number.isNaN(value) ? 0 : Number.POSITIVE_INFINITY;
      return Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
    }),
  );
}

describe('Keras files that people reported, and others of their kinds', () => {
  it.each(CASES)('%s answers as the framework that wrote it', async (name) => {
    const text = readFileSync(join(FIXTURES, name.replace(/\.\w+$/, '.expected.json')), 'utf8');
    const expectation = JSON.parse(text) as Expected;
    if (expectation.refuse) {
      await expect(answers(join(FIXTURES, name), expectation)).rejects.toMatchObject({ code: expectation.refuse });
      return;
    }
    const outputs = await answers(join(FIXTURES, name), expectation);
    const wanted = expectation.outputs ?? [expectation.output as Answer];
    expect(outputs).toHaveLength(wanted.length);
    for (const [i, answer] of wanted.entries()) {
      const { name: output, frozen, computed } = outputs[i] as (typeof outputs)[number];
      if (answer.name) expect(output).toBe(answer.name);
      expect(difference((frozen as TensorData).data as Float32Array, answer)).toBeLessThanOrEqual(
        expectation.tolerance ?? 1e-5,
      );
      expect(difference((computed as ReferenceTensor).data, answer)).toBeLessThanOrEqual(expectation.tolerance ?? 1e-5);
    }
  });
});
