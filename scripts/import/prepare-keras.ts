import { createEngine } from '@freezeframe/inference';
import { type FreezePlan, freezePlan, multiplications, planFreeze, readersOf } from '#convert';
import type { FreezeOptions } from '#frozen';
import { ImportError } from '#guards';
import { type TensorId, withoutRounding } from '#keras';
import { checkOnnx, parseOnnx } from '#onnx';
import type { ImportedKerasModel } from '#read';
import { ROUNDING_TOLERANCE, TOLERANCE, verifyFrozen } from '#reference';
import { countOf } from '#terminal';
import { checkBatches } from './checks/check-batches.ts';
import { nonfiniteWeights, refuseNonfinite, withFiniteWeights } from './checks/check-weights.ts';
import { compareExpected } from './checks/expected.ts';
import { samplesThatRun } from './checks/free-side.ts';
import { BATCHES, mapTensors, ROWS, rowsOf } from './checks/rows.ts';
import { inDatatypes, makeSamples, sizesOf } from './checks/samples.ts';
import { seenActivation } from './checks/seen-activation.ts';
import { chooseInput } from './choose-input.ts';
import { chooseOutput, fittingLabels } from './choose-output.ts';
import { kerasFacts } from './facts/keras-facts.ts';
import { precisionNotes } from './precision.ts';
import type { ModelChoices, PreparedModel } from './prepared.ts';

/** Elements of one tensor inside of a model, for one sample: 256 MB of float32. EfficientNetB7's largest has 17 million. */
const MAX_ACTIVATION = 2 ** 26;
/** Of an answer, which is compared number by number: 19 classes for each of 1024 x 1024 pixels are 20 million. */
const MAX_ANSWER = 2 ** 25;
const SEED = 20;

/**
 * Freezes a Keras model as the user wants it, and verifies the graph against an implementation that shares nothing with the
 * converter.
 * @throws ImportError, FreezeframeError `unsupported-layer`, `bad-topology`, `bad-weights`, `verification-failed`
 */
export async function prepareKeras(imported: ImportedKerasModel, choices: ModelChoices): Promise<PreparedModel> {
  const { model } = imported;
  const nonfinite = nonfiniteWeights(model.weights);
  if (!choices.allowNonfinite) refuseNonfinite(nonfinite);
  const plan = planFreeze(model, imported.plan);
  checkSizes(plan);
  const facts = kerasFacts(plan);
  const labels = await fittingLabels(facts, choices, imported);
  const input = chooseInput(facts, choices.pictures, imported.hints, choices.features);
  const output = chooseOutput(facts, { ...choices, labels: labels.labels });
  const options: FreezeOptions = { input: input.input, output: output.output };
  const frozen = freezePlan(plan, options);
  checkOnnx(parseOnnx(frozen.onnx));
  const notes = [...imported.notes, ...precisionNotes(model.config), ...labels.notes, ...input.notes, ...output.notes];

  // NaN is as far from NaN as from anything: what is compared then is the model with zeros in their place.
  const weights = withFiniteWeights(model.weights, nonfinite);
  const compared = nonfinite.length === 0 ? frozen.onnx : freezePlan({ ...plan, weights }, options).onnx;
  if (nonfinite.length > 0) {
    notes.push(
      `${countOf(nonfinite.length, 'weights')} with NaN or infinity: it was verified with zeros in their place.`,
    );
  }
  const { input: takes } = frozen.manifest;
  const samplesOf = (size?: number) => {
    const made = makeSamples(facts, input.input, ROWS, SEED, vocabularies(plan), (_, shape) =>
      sizesOf(shape, ROWS, size),
    );
    return takes.kind === 'tensors' ? inDatatypes(made, takes.tensors) : made;
  };
  const shapes = plan.outputs.map((id) => plan.shapes.get(id) ?? []);
  // Rounding makes steps of what would be a last digit, between batches too: without it everything is held to the digit.
  const exact = { config: withoutRounding(model.config), weights };
  const rounds = exact.config !== model.config;
  const unrounded = rounds ? freezePlan(planFreeze(exact), options).onnx : compared;
  const given = takes.kind === 'tensors' ? takes.tensors.map(({ shape }) => shape) : [];
  const samples = await samplesThatRun(unrounded, given, samplesOf);
  const between = await checkBatches(unrounded, shapes, samples);
  const rows = referenceRows(plan);
  const some = mapTensors(samples, (all) => rowsOf(all, 0, rows));
  const verified = await verifyFrozen(exact, unrounded, options, some);
  if (rounds) {
    const real = await verifyFrozen({ ...model, weights }, compared, options, some, undefined, ROUNDING_TOLERANCE);
    notes.push(
      `Quantized layers round what they are given. With that it differs by ${real.maxDifference.toExponential(0)}, without by at most ${TOLERANCE}.`,
    );
  }
  const expectation = await checkExpectation(plan, choices);
  const { top1Identical } = verified;
  const stated = await seenActivation({ manifest: frozen.manifest, notes }, async () => {
    const engine = await createEngine(compared);
    return engine.run(some).finally(() => engine.close());
  });
  return {
    onnx: frozen.onnx,
    ...stated,
    verification: {
      against: verified.against,
      batches: BATCHES,
      samples: rows,
      maxDifference: Math.max(between, verified.maxDifference),
      ...(top1Identical === undefined ? {} : { top1Identical }),
      ...expectation,
    },
  };
}

/** Given answers are the model's own: to its own tensors, before any scaling or preprocessing of ours. */
async function checkExpectation(plan: FreezePlan, { expectation }: ModelChoices) {
  if (!expectation) return {};
  const { onnx } = freezePlan(plan, { input: { kind: 'tensors' }, output: { kind: 'tensors' } });
  const engine = await createEngine(onnx);
  try {
    const { maxDifference } = await compareExpected(engine, expectation);
    return { expected: { maxDifference } };
  } finally {
    await engine.close();
  }
}

/**
 * Multiplications that the reference is asked for, about: it does 800 million a second, and people wait for it. Rows
 * beyond are held against what the graph itself answers to each alone.
 */
const REFERENCE_BUDGET = 400e6;

function referenceRows(plan: FreezePlan): number {
  const rows = Math.floor(REFERENCE_BUDGET / Math.max(1, multiplications(plan)));
  return Math.max(1, Math.min(ROWS, rows));
}

/** A config may declare any size; running it is what would exhaust the machine. */
function checkSizes({ shapes, outputs }: FreezePlan): void {
  for (const [id, shape] of shapes) {
    const limit = outputs.includes(id) ? MAX_ANSWER : MAX_ACTIVATION;
    const elements = shape.reduce<number>((n, size) => n * (size ?? 1), 1);
    if (elements <= limit) continue;
    throw new ImportError(
      'limit-exceeded',
      `Layer ${id} answers [${shape.slice(1)}] for one sample: more than ${limit} numbers`,
      {
        details: { layer: id, shape: [...shape], limit },
        remedy: 'The config is damaged, or the picture size is far beyond what can be served.',
      },
    );
  }
}

/** For inputs that an Embedding reads: how many rows it has. */
function vocabularies(plan: FreezePlan): Map<string, number> {
  const found = new Map<string, number>();
  for (const { name } of plan.inputs) {
    const sizes = embeddings(plan, name);
    if (sizes.length > 0) found.set(name, Math.min(...sizes));
  }
  return found;
}

function embeddings(plan: FreezePlan, id: TensorId): number[] {
  return readersOf(plan, id).flatMap(({ definition, config, output }) => {
    const rows = definition.vocabulary?.(config);
    if (rows !== undefined) return [rows];
    return definition.keeps?.(config) === 'numbers' ? embeddings(plan, output) : [];
  });
}
