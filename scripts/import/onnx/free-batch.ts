import { create, toBinary } from '@bufbuild/protobuf';
import { createEngine, FreezeframeError, type TensorData } from '@freezeframe/inference';
import { freeBatch } from '#convert';
import { type ModelProto, ModelProtoSchema, parseOnnx } from '#onnx';
import { compare, TOLERANCE } from '#reference';
import { asReference, ROWS, runRowByRow } from '../checks/rows.ts';
import { inDatatypes, makeSamples } from '../checks/samples.ts';
import { hasBatch } from '../facts/axes.ts';
import { onnxFacts } from '../facts/onnx-facts.ts';
import type { OpenedOnnx } from './open-onnx.ts';

export interface Batch {
  /** Whether any number of samples may be sent at once. */
  readonly free: boolean;
  /** Whether it was fixed at one in the file. */
  readonly freed: boolean;
  readonly notes: readonly string[];
}

const SEED = 1;

/** Frees a batch axis that is fixed at 1, where the graph then answers the same. Changes `model` only then. */
export async function freedBatch(opened: OpenedOnnx): Promise<Batch> {
  const { model, engine, axes } = opened;
  if (hasBatch(axes)) return { free: true, freed: false, notes: [] };
  const fixed = { free: false, freed: false };
  const first = engine.inputs.flatMap(({ shape }) => shape.slice(0, 1));
  if (first.length === 0) return { ...fixed, notes: ['It takes single numbers, one sample at once.'] };
  if (first.some((size) => size !== 1)) {
    const size = new Set(first).size === 1 ? `: ${first[0]} samples at once` : '';
    return { ...fixed, notes: [`Its batch stays fixed, as exported${size}.`] };
  }
  const own = toBinary(ModelProtoSchema, model);
  const trial = create(ModelProtoSchema, parseOnnx(own));
  if (trial.graph) freeBatch(trial.graph);
  if (!(await sameAnswers(opened, trial)))
    return { ...fixed, notes: ['Its batch stays fixed at 1, as exported: it cannot be freed.'] };
  if (model.graph) freeBatch(model.graph);
  return { free: true, freed: true, notes: ['Its batch was fixed at 1 and is free now: it answers the same.'] };
}

/** Whether a graph with a freed batch loads, and answers three rows as the one it was made from answers each alone. */
async function sameAnswers({ engine, graph, shapeFor }: OpenedOnnx, freed: ModelProto): Promise<boolean> {
  try {
    const after = await createEngine(toBinary(ModelProtoSchema, freed));
    try {
      const facts = onnxFacts(graph, engine);
      const shapeOf = (name: string) => {
        const [first, ...rest] = shapeFor(name, 1);
        return first === undefined ? [] : [ROWS, ...rest];
      };
      const made = makeSamples(facts, { kind: 'tensors' }, ROWS, SEED, new Map(), shapeOf);
      const feeds = inDatatypes(made, engine.inputs);
      const wanted = await runRowByRow(engine, feeds, ROWS);
      const received = await after.run(feeds);
      return engine.outputs.every(({ name }) => {
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
  }
}
