import { createEngine } from '@freezeframe/inference';
import { type EmitLiteOptions, type EmittedLite, emitLite } from '#convert';
import { asImportError } from '#guards';
import type { ImportedLiteModel } from '#read';
import { LITE_EVALUATOR } from '#reference';
import type { LiteModel, LiteTensor } from '#tensorflow';
import { compareExpected } from './checks/expected.ts';
import { verifyLite } from './checks/verify-lite.ts';
import { chooseInput } from './choose-input.ts';
import { liteActivation, liteFacts } from './facts/lite-facts.ts';
import { outputWidth } from './facts/model-facts.ts';
import { prepareOnnx } from './prepare-onnx.ts';
import type { ModelChoices, PreparedModel } from './prepared.ts';

/**
 * Writes the graph as ONNX, verifies that each operator answers as TensorFlow Lite defines it, and goes on as with any ONNX.
 * @throws FreezeframeError `verification-failed`, and what `prepareOnnx` throws
 */
export async function prepareLite(imported: ImportedLiteModel, choices: ModelChoices): Promise<PreparedModel> {
  const { lite } = imported;
  // Stored numbers are the file's own, with its own scales.
  const precision = choices.precision === 'float32' ? 'float32' : 'exact';
  const ends = precision === 'exact' ? 'own' : 'real';
  const own = { precision, inputs: ends, outputs: ends } as const;
  const asFile = liteToOnnx(lite, own);
  const quantized = lite.operators.some(({ outputs }) => outputs.some((index) => isStored(lite.tensors[index])));
  const { difference, samples } = await verifyLite(
    lite,
    (traced) => liteToOnnx(lite, { ...own, traced }),
    precision === 'exact',
  );
  const given = choices.expectation ? { expected: await compareGiven(asFile, choices.expectation) } : {};
  const written = liteToOnnx(lite, { precision, ...interfaceOf(imported, asFile, { ...choices, precision }) });
  const { expectation: _, ...rest } = choices;
  const prepared = await prepareOnnx(
    {
      ...imported,
      kind: 'onnx',
      onnx: written.onnx,
      activation: liteActivation(lite),
      layers: lite.tensors.map(({ name }) => name),
    },
    rest,
  );
  const exact = quantized && precision === 'exact';
  return {
    ...prepared,
    ...(exact ? { precision: 'int8' as const } : {}),
    notes: [...notesOn(lite, exact, quantized), ...prepared.notes],
    verification: {
      ...prepared.verification,
      ...given,
      against: LITE_EVALUATOR,
      samples,
      maxDifference: Math.max(difference, prepared.verification.maxDifference),
    },
  };
}

/** @throws ImportError `unsupported-layer` naming all that cannot be written, `file-damaged` */
export function liteToOnnx(lite: LiteModel, options: EmitLiteOptions): EmittedLite {
  return asImportError('The graph of the TensorFlow Lite model', () => emitLite(lite, options));
}

function isStored(tensor: LiteTensor | undefined): boolean {
  return tensor?.quantization !== undefined && (tensor.type === 'UINT8' || tensor.type === 'INT8');
}

function notesOn(lite: LiteModel, exact: boolean, quantized: boolean): string[] {
  if (exact)
    return ['It is quantized: the graph computes with the stored numbers of the file (--precision float32 would not).'];
  if (quantized)
    return ['It is quantized: the graph computes with what its numbers stand for, without rounding in between.'];
  const weights = lite.tensors.some((tensor) => tensor.data && isStored(tensor));
  return weights
    ? [
        'Its weights are quantized and what it computes is not. TensorFlow Lite rounds that to eight bits on the way, this graph does not.',
      ]
    : [];
}

/** Pictures go into a quantized model as bytes; classes and values come out as real numbers. */
function interfaceOf(
  { hints }: ImportedLiteModel,
  asFile: EmittedLite,
  { pictures, features, precision, task }: ModelChoices,
): Pick<EmitLiteOptions, 'inputs' | 'outputs'> {
  const facts = liteFacts(asFile);
  const { kind } = chooseInput(facts, pictures, hints, features).input;
  const bytes = kind === 'picture' && pictures.preprocess === undefined && hints?.normalization === undefined;
  const real = precision === 'float32';
  return {
    inputs: bytes ? 'bytes' : real || kind !== 'tensors' ? 'real' : 'own',
    outputs: real || (task !== 'tensors' && outputWidth(facts) !== undefined) ? 'real' : 'own',
  };
}

/** Given answers are those of the file's own tensors, where a number that lies between two steps may fall to either. */
async function compareGiven({ onnx }: EmittedLite, expectation: NonNullable<ModelChoices['expectation']>) {
  const engine = await createEngine(onnx);
  try {
    const { maxDifference } = await compareExpected(engine, expectation, { step: 1 });
    return { maxDifference };
  } finally {
    await engine.close();
  }
}
