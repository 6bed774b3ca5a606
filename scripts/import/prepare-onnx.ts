import { create, toBinary } from '@bufbuild/protobuf';
import { createEngine, type Engine, type EngineTensor, expected, type TensorSpec } from '@freezeframe/inference';
import {
  appendScaling,
  BATCH_AXIS,
  freeBatch,
  keepPadding,
  limitsOf,
  prependPicture,
  prependScaling,
  scalingOf,
  unscalingOf,
} from '#convert';
import { type FreezeInput, type FreezeOutput, GRAPH_NAMES, manifestInput, manifestOutput } from '#frozen';
import { ImportError } from '#guards';
import {
  allTensors,
  checkInterface,
  checkOnnx,
  type ModelProto,
  ModelProtoSchema,
  parseOnnx,
  TensorProto_DataType,
} from '#onnx';
import type { ImportedOnnxModel } from '#read';
import { allFinite, refuseNonfinite } from './checks/check-weights.ts';
import { compareExpected } from './checks/expected.ts';
import { ROWS } from './checks/rows.ts';
import { inDatatypes, makeSamples } from './checks/samples.ts';
import { sameAnswers, verifyOnnx } from './checks/verify-onnx.ts';
import { chooseInput } from './choose-input.ts';
import { chooseOutput, fittingLabels } from './choose-output.ts';
import { type OnnxFacts, onnxFacts } from './facts/onnx-facts.ts';
import type { ModelChoices, PreparedModel } from './prepared.ts';

const SEED = 20;

/**
 * Puts preprocessing in front of an ONNX graph, and verifies that it answers as the file does unmodified.
 * @throws ImportError, FreezeframeError `verification-failed`; ModelError `model-unreadable`, `model-datatype`
 */
export async function prepareOnnx(given: ImportedOnnxModel, choices: ModelChoices): Promise<PreparedModel> {
  const imported = withKeptPadding(given);
  const original = await createEngine(imported.onnx);
  try {
    checkInterface(original);
    return await prepareWith(original, imported, choices);
  } finally {
    await original.close();
  }
}

/** The same graph, so written that onnxruntime answers what it says; the very same bytes where it does already. */
function withKeptPadding(imported: ImportedOnnxModel): ImportedOnnxModel {
  const model = parseOnnx(imported.onnx);
  const pools = keepPadding(model);
  if (pools === 0) return imported;
  const note = `${pools} of its MaxPools follow a Pad: they are written so that onnxruntime does not join the two.`;
  return { ...imported, onnx: toBinary(ModelProtoSchema, model), notes: [...imported.notes, note] };
}

async function prepareWith(
  original: Engine,
  imported: ImportedOnnxModel,
  choices: ModelChoices,
): Promise<PreparedModel> {
  const model = parseOnnx(imported.onnx);
  if (!choices.allowNonfinite) refuseNonfinite(nonfiniteTensors(model));
  withoutDefaults(model);
  const { graph } = model;
  if (!graph) throw new ImportError('file-damaged', 'The ONNX file holds no graph');
  const batch = await freedBatch(original, model);
  const facts = onnxFacts(graph, original);
  const labels = fittingLabels(facts, choices, imported);
  const input = chooseInput(facts, choices.pictures, imported.hints, choices.features);
  const output = chooseOutput(facts, { ...choices, labels: labels.labels });
  checkOutput(original, output.output);

  const name = editInput(model, facts, input.input, batch.free);
  const [answer] = facts.outputs as [OnnxFacts['outputs'][number]];
  if (output.output.kind === 'regression') appendScaling(graph, answer.name, unscalingOf(output.output.values));
  checkOnnx(model);
  const onnx = toBinary(ModelProtoSchema, model);
  const made = makeSamples(facts, input.input, ROWS, SEED, new Map());
  const samples = input.input.kind === 'tensors' ? inDatatypes(made, original.inputs) : made;
  const verification = await verifyOnnx({
    original,
    onnx,
    facts,
    name,
    ...batch,
    input: input.input,
    output: output.output,
    samples,
  });
  const expectation = choices.expectation ? { expected: await compareGiven(imported, batch.bytes, choices) } : {};
  const { input: chosen } = input;
  const features = chosen.kind === 'features' ? chosen.features.length : 0;
  const taken: readonly EngineTensor[] =
    chosen.kind === 'tensors' ? original.inputs : [{ name, shape: [1, features], datatype: 'FP32' }];
  return {
    onnx,
    manifest: {
      task: output.output.kind,
      input: manifestInput(input.input, specs(taken, batch.free)),
      output: manifestOutput(output.output, specs(original.outputs, batch.free), facts.activation),
    },
    notes: [...imported.notes, ...labels.notes, ...batch.notes, ...input.notes, ...output.notes],
    verification: { ...verification, ...expectation },
  };
}

function nonfiniteTensors(model: ModelProto): string[] {
  const names: string[] = [];
  for (const { name, tensor } of allTensors(model)) {
    const { dataType, rawData, floatData } = tensor;
    if (dataType !== TensorProto_DataType.FLOAT) continue;
    // A copy only where the file's bytes do not lie on a multiple of four.
    const aligned = rawData.byteOffset % 4 === 0 ? rawData : Uint8Array.from(rawData);
    const floats = new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
    // A single infinity is a constant of an algorithm (a mask, the bound of a Clip), not a weight.
    if (floats.length > 1 && !allFinite(floats)) names.push(name);
    else if (floatData.length > 1 && !allFinite(floatData)) names.push(name);
  }
  return names;
}

/** Weights that stand among the inputs (IR 3 wanted it) would be inputs that nobody gives. */
function withoutDefaults(model: ModelProto): void {
  const { graph } = model;
  if (!graph) return;
  const weights = new Set(graph.initializer.map(({ name }) => name));
  graph.input = graph.input.filter(({ name }) => !weights.has(name));
  if (model.irVersion < 4n) model.irVersion = 4n;
}

interface Batch {
  /** Whether any number of samples may be sent at once. */
  readonly free: boolean;
  /** The graph with its own inputs. */
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
}

/** Frees a batch axis that is fixed at 1, where the graph then answers the same. Changes `model` only then. */
async function freedBatch({ inputs }: Engine, model: ModelProto): Promise<Batch> {
  const fixed = inputs.filter(({ shape }) => typeof shape[0] === 'number');
  const own = () => toBinary(ModelProtoSchema, model);
  if (fixed.length === 0) return { free: true, bytes: own(), notes: [] };
  if (fixed.some(({ shape }) => shape[0] !== 1)) {
    return {
      free: false,
      bytes: own(),
      notes: [`Its batch stays fixed, as exported: ${fixed[0]?.shape[0]} samples at once.`],
    };
  }
  const trial = create(ModelProtoSchema, parseOnnx(own()));
  if (trial.graph) freeBatch(trial.graph);
  const bytes = toBinary(ModelProtoSchema, trial);
  if (!(await sameAnswers(own(), bytes))) {
    return { free: false, bytes: own(), notes: ['Its batch stays fixed at 1, as exported: it cannot be freed.'] };
  }
  if (model.graph) freeBatch(model.graph);
  return { free: true, bytes, notes: ['Its batch was fixed at 1 and is free now: it answers the same.'] };
}

function editInput(model: ModelProto, facts: OnnxFacts, input: FreezeInput, free: boolean): string {
  const { graph } = model;
  const own = facts.inputs[0]?.name ?? '';
  if (!graph || input.kind === 'tensors') return own;
  const first = free ? null : 1;
  const shared = { batch: BATCH_AXIS };
  if (input.kind === 'features') {
    const dims = [first, input.features.length];
    const name = own === GRAPH_NAMES.features ? `${own}_raw` : GRAPH_NAMES.features;
    return prependScaling(
      graph,
      own,
      { ...shared, name, datatype: 'float32', dims },
      scalingOf(input.features),
      limitsOf(input.features),
    );
  }
  const dims = [first, input.height, input.width, input.channels];
  const bytes = facts.inputs[0]?.integers === true;
  const { order = 'channels-first' } = facts;
  return prependPicture(
    graph,
    own,
    { ...shared, name: GRAPH_NAMES.picture, datatype: 'uint8', dims },
    input.preprocess,
    {
      order,
      bytes,
    },
  );
}

/** Labels and units go with float32; anything else is answered as it is. */
function checkOutput({ outputs }: Engine, output: FreezeOutput): void {
  if (output.kind === 'tensors' || outputs[0]?.datatype === 'FP32') return;
  throw new ImportError(
    'option-mismatch',
    expected('FP32', 'the output of a model with labels or units', outputs[0]?.datatype),
    {
      remedy: 'Import it with --task tensors --preprocess none.',
    },
  );
}

async function compareGiven(imported: ImportedOnnxModel, freed: Uint8Array, { expectation }: ModelChoices) {
  const engine = await createEngine(freed.length > 0 ? freed : imported.onnx);
  try {
    const { maxDifference } = await compareExpected(engine, expectation as NonNullable<typeof expectation>);
    return { maxDifference };
  } finally {
    await engine.close();
  }
}

/** As the manifest states them: the batch axis is free where the graph's is. */
function specs(tensors: readonly EngineTensor[], free: boolean): TensorSpec[] {
  return tensors.map(({ name, shape, datatype }) => ({
    name,
    shape: shape.map((size, axis) => (axis === 0 && free ? null : size)),
    datatype,
  }));
}
