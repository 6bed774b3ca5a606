import { create, toBinary } from '@bufbuild/protobuf';
import { createEngine, type Engine, FreezeframeError } from '@freezeframe/inference';
import { appendSigmoid, type Classifier, keepPadding, plainInterface } from '#convert';
import { ImportError } from '#guards';
import { checkInterface, type GraphProto, type ModelProto, ModelProtoSchema, parseOnnx } from '#onnx';
import type { ImportedOnnxModel } from '#read';
import { countOf } from '#terminal';
import { findSizes, shapeFor } from '../checks/free-sizes.ts';
import { type Axes, axesOf, fixAxes, hasBatch } from '../facts/axes.ts';
import { lastActivation } from '../facts/onnx-facts.ts';
import { correctOutputs } from './correct-outputs.ts';

/** An ONNX file as it is asked: its inputs and outputs are tensors of numbers. */
export interface OpenedOnnx {
  readonly model: ModelProto;
  readonly graph: GraphProto;
  /** Of `model`. */
  readonly engine: Engine;
  readonly axes: Axes;
  /** Of inputs that hold so many samples. */
  readonly shapeFor: (name: string, rows: number) => number[];
  readonly classifier: Classifier | undefined;
  readonly notes: readonly string[];
}

/**
 * Makes of a file what requests can hold, and finds out with which sizes it runs.
 * @param independent its numbers are of labels of which several may be true at once
 * @throws ImportError, ModelError `model-unreadable`, `model-datatype`
 */
export async function openOnnx({ onnx }: ImportedOnnxModel, independent: boolean): Promise<OpenedOnnx> {
  const model = create(ModelProtoSchema, parseOnnx(onnx));
  const { graph } = model;
  if (!graph) throw new ImportError('file-damaged', 'The ONNX file holds no graph');
  const notes: string[] = [];
  withoutDefaults(model);
  const pools = keepPadding(model);
  if (pools > 0)
    notes.push(`${countOf(pools, 'MaxPools')} behind a Pad: written so that onnxruntime does not join the two.`);
  const { classifier, notes: changes } = plainInterface(model);
  notes.push(...changes);
  const [answer, ...others] = graph.output;
  if (independent && answer && others.length === 0 && lastActivation(graph, answer.name) === 'none') {
    appendSigmoid(graph, answer.name);
    notes.push('Several labels may be true at once, by what lies beside it: each number goes through a sigmoid.');
  }
  const opened = { model, graph, classifier };
  let engine = await loaded(toBinary(ModelProtoSchema, model));
  try {
    checkInterface(engine);
    let axes = axesOf(graph, engine.inputs);
    let { sizes, only } = await findSizes(engine, model, axes);
    if (only.size > 0) {
      fixAxes(model, axes, only);
      notes.push(...[...only].map(([axis, size]) => onlySize(axis, size)));
    }
    const wrong = await correctOutputs(
      graph,
      engine,
      (name, rows) => shapeFor(axes, sizes, name, rows),
      hasBatch(axes),
    );
    if (only.size > 0 || wrong.length > 0) {
      await engine.close();
      engine = await createEngine(toBinary(ModelProtoSchema, model));
      axes = axesOf(graph, engine.inputs);
      ({ sizes, only } = await findSizes(engine, model, axes));
    }
    return { ...opened, engine, axes, notes, shapeFor: (name, rows) => shapeFor(axes, sizes, name, rows) };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Whoever brings a file can mend it: onnxruntime's own words say which operator or type it lacks. */
async function loaded(onnx: Uint8Array): Promise<Engine> {
  try {
    return await createEngine(onnx);
  } catch (error) {
    if (!(error instanceof FreezeframeError && error.cause instanceof Error)) throw error;
    const words = error.cause.message.slice(0, MAX_WORDS);
    throw new FreezeframeError(error.code, `${error.message}. It says: ${words}`, {
      cause: error.cause,
      remedy: /bfloat16/.test(words)
        ? 'Export it in float32 (in PyTorch: model.float()). onnxruntime computes next to nothing in bfloat16.'
        : 'Export it again, with operators of the standard ONNX set.',
    });
  }
}

const MAX_WORDS = 500;

function onlySize(axis: string, size: number): string {
  return `Its axis ${axis.replace(/^=/, '')} is ${size}: the file leaves that open, and it answers no other size that was tried.`;
}

/** Weights that stand among the inputs (IR 3 wanted it) would be inputs that nobody gives. */
function withoutDefaults(model: ModelProto): void {
  const { graph } = model;
  if (!graph) return;
  const weights = new Set(graph.initializer.map(({ name }) => name));
  graph.input = graph.input.filter(({ name }) => !weights.has(name));
  if (model.irVersion < 4n) model.irVersion = 4n;
}
