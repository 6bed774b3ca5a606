import { toBinary } from '@bufbuild/protobuf';
import {
  createEngine,
  type Engine,
  type EngineTensor,
  expected,
  type TensorData,
  type TensorSpec,
} from '@freezeframe/inference';
import {
  appendCast,
  appendScaling,
  BATCH_AXIS,
  type Classes,
  limitsOf,
  prependPicture,
  prependScaling,
  scalingOf,
  unscalingOf,
} from '#convert';
import { type FreezeInput, GRAPH_NAMES, manifestInput, manifestOutput, type Samples } from '#frozen';
import { ImportError } from '#guards';
import { allTensors, checkOnnx, type ModelProto, ModelProtoSchema, TensorProto_DataType } from '#onnx';
import type { ImportedOnnxModel } from '#read';
import { allFinite, refuseNonfinite } from './checks/check-weights.ts';
import { compareExpected } from './checks/expected.ts';
import { joinRows, mapTensors, ROWS, rowsOf } from './checks/rows.ts';
import { inDatatypes, makeSamples } from './checks/samples.ts';
import { seenActivation } from './checks/seen-activation.ts';
import { verifyOnnx } from './checks/verify-onnx.ts';
import { chooseInput } from './choose-input.ts';
import { chooseOutput, fittingLabels } from './choose-output.ts';
import { type OnnxFacts, onnxFacts } from './facts/onnx-facts.ts';
import { freedBatch } from './onnx/free-batch.ts';
import { type ClassifierFacts, lookAtClassifier } from './onnx/look-at-classifier.ts';
import { type OpenedOnnx, openOnnx } from './onnx/open-onnx.ts';
import type { ModelChoices, PreparedModel } from './prepared.ts';

const SEED = 20;

/**
 * Puts preprocessing in front of an ONNX graph, and verifies that it answers as the file does unmodified.
 * @throws ImportError, FreezeframeError `verification-failed`; ModelError `model-unreadable`, `model-datatype`
 */
export async function prepareOnnx(imported: ImportedOnnxModel, choices: ModelChoices): Promise<PreparedModel> {
  // Who asks for the model's own tensors gets them.
  const asked = choices.task === undefined || choices.task === 'classification';
  const opened = await openOnnx(imported, asked && imported.independent === true);
  try {
    if (!choices.allowNonfinite) refuseNonfinite(nonfiniteTensors(opened.model));
    return await prepareWith(opened, imported, choices);
  } finally {
    await opened.engine.close();
  }
}

async function prepareWith(
  opened: OpenedOnnx,
  imported: ImportedOnnxModel,
  choices: ModelChoices,
): Promise<PreparedModel> {
  const { model, graph, engine: original, shapeFor } = opened;
  const batch = await freedBatch(opened);
  const classified = await classifierFacts(opened);
  const seen = onnxFacts(graph, original, imported);
  const facts = withAnswer({ ...seen, activation: imported.activation ?? seen.activation }, opened, classified);
  const given = choices.expectation ? { expected: await compareGiven(imported, choices.expectation) } : {};
  const own = facts.answer === undefined ? undefined : opened.classifier?.classes;
  const labels = await fittingLabels(facts, choices, ownLabels(imported, own));
  const input = chooseInput(facts, choices.pictures, imported.hints, choices.features);
  checkInput(original, input.input);
  const output = chooseOutput(facts, { ...choices, labels: labels.labels });
  const { kind } = output.output;
  const answer = facts.outputs[facts.answer ?? 0] as OnnxFacts['outputs'][number];
  if (kind !== 'tensors') oneDatatype(opened, answer.name);

  const name = editInput(model, facts, input.input, batch.free);
  if (output.output.kind === 'regression') appendScaling(graph, answer.name, unscalingOf(output.output.values));
  checkOnnx(model);
  const onnx = toBinary(ModelProtoSchema, model);
  const made = makeSamples(facts, input.input, ROWS, SEED, new Map());
  const samples = (rows: number): Samples => {
    if (input.input.kind !== 'tensors') return mapTensors(made, (tensor) => repeated(tensor, rows));
    const shapeOf = (one: string) => rowsInFront(shapeFor(one, rows), batch.freed ? rows : undefined);
    return inDatatypes(makeSamples(facts, input.input, rows, SEED, new Map(), shapeOf), original.inputs);
  };
  const edited = await createEngine(onnx);
  try {
    const { free, freed } = batch;
    const task = { original, edited, facts, name, free, freed, samples, answer: answer.name };
    const { verification, mixes } = await verifyOnnx({ ...task, input: input.input, output: output.output });
    const answers = kind === 'tensors' ? edited.outputs : edited.outputs.filter((one) => one.name === answer.name);
    const manifest = {
      task: kind,
      input: manifestInput(input.input, specs(edited.inputs)),
      output: manifestOutput(output.output, specs(answers), facts.activation),
    };
    const notes = [
      ...imported.notes,
      ...opened.notes,
      ...batch.notes,
      ...classified.notes,
      ...labels.notes,
      ...input.notes,
      ...output.notes,
      ...(mixes ? [MIXES] : []),
    ];
    const stated = await seenActivation({ manifest, notes }, () => edited.run(samples(verification.samples)));
    return { onnx, ...stated, verification: { ...verification, ...given } };
  } finally {
    await edited.close();
  }
}

/** Whoever sends several is told; pictures are answered one by one. */
const MIXES =
  'What it answers to a sample depends on the others of its batch, as in the file: one sample in a request is safe.';

interface Classified {
  readonly facts?: ClassifierFacts;
  readonly notes: readonly string[];
}

/**
 * What the numbers of a classifier are. A label that tells no more than they do is taken off; one that does stays, behind
 * them.
 */
async function classifierFacts(opened: OpenedOnnx): Promise<Classified> {
  const { classifier, graph } = opened;
  const facts = classifier && (await lookAtClassifier(opened, classifier));
  if (!classifier) return { notes: [] };
  const { label, classes, scores, spare } = classifier;
  const others = graph.output.filter(({ name }) => name !== label.output);
  const which = `${label.output} is the number of its class in the list: ${classes.names.join(', ')}.`;
  const list = label.holds === 'index' ? [`Its label ${which}`] : [];
  if (!facts) return { notes: list };
  if (facts.otherLabels > 0) {
    if (spare) graph.output = [...others, ...graph.output.filter(({ name }) => name === label.output)];
    const often = `${facts.otherLabels} of ${facts.samples} made-up samples`;
    const note = `Its label ${label.output} is another class than that of the largest number of ${scores}, on ${often}.`;
    return { facts, notes: [note, ...list] };
  }
  const what =
    facts.activation === 'none' ? [`Its numbers ${scores} are scores: probabilities are made of them by softmax.`] : [];
  if (!spare) return { facts, notes: what };
  graph.output = others;
  return {
    facts,
    notes: [...what, `Its label ${label.output} is the class of the largest number of ${scores}, and is left out.`],
  };
}

/** The output of a classifier that has its answer; none where its own labels say otherwise. */
function withAnswer(facts: OnnxFacts, { classifier, graph }: OpenedOnnx, { facts: found }: Classified): OnnxFacts {
  const outputs = graph.output.flatMap((info) => facts.outputs.filter(({ name }) => name === info.name));
  if (!classifier || !found || found.otherLabels > 0) return { ...facts, outputs };
  const answer = outputs.findIndex(({ name }) => name === classifier.scores);
  return { ...facts, outputs, answer, activation: found.activation };
}

/** A file's text is what its classes are called; numbers are, where nothing beside it has names for them. */
function ownLabels({ labels }: ImportedOnnxModel, own: Classes | undefined): Pick<ImportedOnnxModel, 'labels'> {
  const chosen = own?.kind === 'text' ? own.names : (labels ?? own?.names);
  return chosen ? { labels: chosen } : {};
}

function rowsInFront(shape: readonly number[], rows: number | undefined): readonly number[] {
  return rows === undefined || shape.length === 0 ? shape : [rows, ...shape.slice(1)];
}

/** Rows 0, 1, 2, 0, 1, ... as many as wanted. */
function repeated(tensor: TensorData, rows: number): TensorData {
  const own = tensor.shape[0] as number;
  return joinRows(Array.from({ length: rows }, (_, row) => rowsOf(tensor, row % own)));
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

/** Names and scalers are of numbers with fractions. */
function checkInput({ inputs }: Engine, input: FreezeInput): void {
  const words = input.kind === 'picture' ? 'pictures' : 'features';
  const [first] = inputs;
  const batch = first?.shape[0];
  if (input.kind !== 'tensors' && batch !== 1 && typeof batch === 'number')
    throw new ImportError('option-mismatch', expected('a batch of 1, or of any size', `a model of ${words}`, batch), {
      remedy: 'Export it again with such a batch. As it is, it takes tensors alone: --preprocess none.',
    });
  if (input.kind !== 'features') return;
  if (inputs.length === 1 && first && (first.datatype === 'FP32' || first.datatype === 'FP64')) return;
  const received = inputs.map(({ datatype }) => datatype).join(', ');
  throw new ImportError('option-mismatch', expected('one input of FP32', 'a model with features', received), {
    remedy: 'Leave --feature-names and --scaler out: the model takes its own tensors.',
  });
}

/** Labels and units go with float32: doubles are rounded to it, anything else is answered as it is. In place. */
function oneDatatype({ engine: { outputs }, graph }: OpenedOnnx, answer: string): void {
  const datatype = outputs.find(({ name }) => name === answer)?.datatype;
  if (datatype === 'FP64') appendCast(graph, answer);
  if (datatype === 'FP32' || datatype === 'FP64') return;
  throw new ImportError('option-mismatch', expected('FP32', 'the output of a model with labels or units', datatype), {
    remedy: 'Import it with --task tensors --preprocess none.',
  });
}

/** Given answers are those of the file's own tensors. */
async function compareGiven(imported: ImportedOnnxModel, expectation: NonNullable<ModelChoices['expectation']>) {
  const { engine, classifier } = await openOnnx(imported, false);
  try {
    const { maxDifference } = await compareExpected(engine, expectation, { first: classifier?.spare ? 1 : undefined });
    return { maxDifference };
  } finally {
    await engine.close();
  }
}

/** As the manifest states them. */
function specs(tensors: readonly EngineTensor[]): TensorSpec[] {
  return tensors.map(({ name, shape, datatype }) => ({ name, shape: [...shape], datatype }));
}
