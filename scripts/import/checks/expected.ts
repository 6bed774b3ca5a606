import { readFile, stat } from 'node:fs/promises';
import { DATATYPE_INFO, type Engine, expected, FreezeframeError, type TensorData } from '@freezeframe/inference';
import * as z from 'zod';
import { checkLimit, ImportError, withoutPythonNumbers } from '#guards';

/** Largest difference from given answers, divided by the answer where that is above 1. */
export const EXPECTED_TOLERANCE = 1e-5;
/** One tensor of an expectation: 64 Mi numbers. */
const MAX_ELEMENTS = 2 ** 26;
/** Ten million numbers with all their digits. */
const MAX_FILE_BYTES = 256 * 2 ** 20;

const size = z.int().min(1).max(MAX_ELEMENTS);
/** No axes: a single number. */
const shape = z.array(size).max(8);
/** JSON has no NaN, which is null there; infinity is 1e999. */
const data = z.array(
  z
    .custom<number | boolean | null>((one) => one === null || typeof one === 'number' || typeof one === 'boolean')
    .transform((one) => (one === null ? Number.NaN : Number(one))),
);
const name = z.string().optional();
const input = z.object({ name, shape, formula: z.string().optional(), data: data.optional() });
const output = z.object({ name, shape, data });
const schema = z.union([
  z.object({ input, output }).transform((one) => ({ inputs: [one.input], outputs: [one.output] })),
  z.object({ inputs: z.array(input).min(1), outputs: z.array(output).min(1) }),
]);

/** Inputs, and what the model's own framework answered to them. */
export type Expectation = z.output<typeof schema>;
type ExpectedInput = Expectation['inputs'][number];

/** The two formulas that stand for numbers: both give the same anywhere, and no framework's random numbers are needed. */
const FRACTIONS = /^(?:x\[i\] = )?\(\(i\*7919 ?\+ ?104729\) ?% ?1009\) ?\/ ?1008\b/;
const INDICES = /^(?:x\[i\] = )?\(?i\*7919\)? ?% ?(\d{1,9})\b/;

/**
 * Reads a file of inputs and answers: `{"input": {"shape", "formula" | "data"}, "output": {"shape", "data"}}`, or lists of
 * them under `inputs` and `outputs`.
 * @throws ImportError `not-found`, `limit-exceeded`, `option-mismatch`
 */
export async function readExpectation(path: string): Promise<Expectation> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new ImportError('not-found', `--expected ${path} is no file`);
  checkLimit(found.size, MAX_FILE_BYTES, 'bytes', '--expected');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ImportError('not-found', `--expected ${path} cannot be read`, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(withoutPythonNumbers(text));
  } catch (cause) {
    throw unfit(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw unfit(path, z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, ' '), parsed.error);
}

function unfit(path: string, reason: string, cause: unknown): ImportError {
  return new ImportError('option-mismatch', `--expected ${path} is no expectation: ${reason}`, {
    cause,
    remedy: 'Write {"input": {"shape", "data"}, "output": {"shape", "data"}}, both row-major, the batch first.',
  });
}

/** The numbers of one input. */
export function inputValues({ shape, formula, data }: ExpectedInput): number[] {
  const count = shape.reduce((n, axis) => n * axis, 1);
  checkLimit(count, MAX_ELEMENTS, 'values', 'an input');
  if (data) {
    if (data.length === count) return data;
    throw new ImportError('option-mismatch', expected(`${count} values`, 'an input of the expectation', data.length));
  }
  const indices = INDICES.exec(formula ?? '');
  if (indices) return Array.from({ length: count }, (_, i) => (i * 7919) % Number(indices[1]));
  if (FRACTIONS.test(formula ?? ''))
    return Array.from({ length: count }, (_, i) => ((i * 7919 + 104729) % 1009) / 1008);
  throw new ImportError('option-mismatch', expected('data or a known formula', 'an input of the expectation', formula));
}

export interface ExpectedResult {
  /** |received - expected| / max(1, |expected|), the largest. */
  readonly maxDifference: number;
  readonly outputs: number;
}

/**
 * Asks the graph of the model's own tensors and compares. Inputs and outputs are matched by name where names agree, else by
 * position; outputs that are named may be some of the model's.
 * @param first so many outputs may stand for all
 * @param step how far whole numbers may be off, that stand for real ones which were rounded
 * @throws FreezeframeError `verification-failed`; ImportError `option-mismatch` where numbers or shapes of tensors differ
 */
export async function compareExpected(
  engine: Engine,
  { inputs, outputs }: Expectation,
  { first, step = 0 }: { readonly first?: number | undefined; readonly step?: number } = {},
): Promise<ExpectedResult> {
  const named = outputs.every((one) => engine.outputs.some(({ name }) => name === one.name));
  if (
    inputs.length !== engine.inputs.length ||
    (outputs.length !== engine.outputs.length && outputs.length !== first && !named)
  ) {
    const wanted = `${engine.inputs.length} inputs and ${engine.outputs.length} outputs`;
    throw new ImportError(
      'option-mismatch',
      expected(wanted, 'the expectation', `${inputs.length} and ${outputs.length}`),
      { remedy: 'Name the outputs, where some are left out.' },
    );
  }
  const feeds: Record<string, TensorData> = {};
  for (const [index, one] of inputs.entries()) {
    const byName = engine.inputs.find(({ name }) => name === one.name);
    const { name, datatype } = byName ?? (engine.inputs[index] as Engine['inputs'][number]);
    const values = inputValues(one);
    const big = datatype === 'INT64' || datatype === 'UINT64';
    const data = new DATATYPE_INFO[datatype].array(values.length);
    for (const [i, value] of values.entries()) data[i] = (big ? BigInt(Math.trunc(value)) : value) as never;
    feeds[name] = { datatype, shape: one.shape, data };
  }
  const answers = await engine.run(feeds);
  const differences = outputs.map((one, index) => {
    const name = named ? (one.name as string) : (engine.outputs[index] as Engine['outputs'][number]).name;
    return compareOne(name, one, answers[name] as TensorData, step);
  });
  return { maxDifference: Math.max(...differences), outputs: outputs.length };
}

function compareOne(
  name: string,
  wanted: Expectation['outputs'][number],
  { shape, data, datatype }: TensorData,
  step: number,
): number {
  if (String(shape) !== String(wanted.shape))
    throw differs(name, expected(`shape [${wanted.shape}]`, `output ${name}`, shape));
  if (wanted.data.length !== data.length) {
    throw new ImportError(
      'option-mismatch',
      expected(`${data.length} values`, `output ${name} of the expectation`, wanted.data.length),
    );
  }
  let worst = 0;
  for (const [i, value] of wanted.data.entries()) {
    const received = Number(data[i]);
    // NaN where NaN is expected, and the same infinity.
    if (Object.is(received, value)) continue;
    const difference = Math.abs(received - value) / Math.max(1, Math.abs(value));
    // Written so that NaN is a failure.
    const near = !datatype.startsWith('FP') && Math.abs(received - value) <= step;
    if (!(difference <= EXPECTED_TOLERANCE) && !near) {
      throw differs(
        name,
        `${expected(String(value), `value ${i} of output ${name}`, received)} (allowed ${EXPECTED_TOLERANCE})`,
      );
    }
    worst = Math.max(worst, difference);
  }
  return worst;
}

function differs(output: string, message: string): FreezeframeError {
  return new FreezeframeError('verification-failed', `The model does not answer as expected: ${message}`, {
    details: { output },
    remedy: 'Nothing was saved. Check that the expectation belongs to this file; otherwise report it with the model.',
  });
}
