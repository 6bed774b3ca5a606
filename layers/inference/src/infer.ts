import * as z from 'zod/mini';
import {
  type AnswerOptions,
  type CheckedOptions,
  checkAnswerOptions,
  knownRows,
  type Outputs,
  type Result,
  resultOutput,
  resultOutputs,
  toResults,
  withUnknown,
} from './answer.ts';
import {
  DATATYPE_INFO,
  DATATYPES,
  type Datatype,
  elementCount,
  type TensorData,
  type TensorValues,
} from './datatype.ts';
import { type Engine, type EngineTensor, namesOf, shapeText } from './engine.ts';
import { expected, ModelError, RequestError } from './errors.ts';
import type { Manifest } from './manifest.ts';

// The Open Inference Protocol, version 2, JSON form (github.com/kserve/open-inference-protocol): the same request and
// answer as KServe, Triton and Seldon, so that their clients can ask a frozen model.

/** Most elements in one request: 16 Mi, sixty-four MB of float32. A Lambda's 6 MB request ends well before that. */
export const MAX_ELEMENTS = 16 * 1024 * 1024;

const parameters = z.optional(z.record(z.string(), z.unknown(), 'an object'));

const requestSchema = z.object(
  {
    id: z.optional(z.string('a string').check(z.maxLength(1000, 'at most 1000 characters'))),
    parameters,
    inputs: z
      .array(
        z.object(
          {
            name: z.string('a string'),
            shape: z
              .array(z.int('a whole number').check(z.minimum(1, 'a size of at least 1')), 'an array of sizes')
              .check(z.maxLength(8, 'at most 8 axes')),
            datatype: z.enum(DATATYPES, `one of ${DATATYPES.join(', ')}`),
            parameters,
            // Walked once, below, together with the conversion: a schema over millions of numbers costs more than the run.
            data: z.custom<readonly unknown[]>((data) => Array.isArray(data), 'an array of values'),
          },
          'an object',
        ),
        'an array of tensors',
      )
      .check(z.minLength(1, 'at least one tensor'), z.maxLength(64, 'at most 64 tensors')),
    outputs: z.optional(
      z
        .array(z.object({ name: z.string('a string'), parameters }, 'an object'), 'an array of outputs')
        .check(z.maxLength(64, 'at most 64 outputs')),
    ),
  },
  'an object with inputs',
);

export type InferRequest = z.input<typeof requestSchema>;

export interface InferTensor {
  name: string;
  shape: number[];
  datatype: Datatype;
  /** Flat, row-major. */
  data: (number | boolean)[];
}

export interface InferResponse {
  model_name: string;
  model_version: string;
  /** The request's, where it had one. */
  id?: string;
  /** Only of models that tell what is none of their labels. */
  parameters?: KnownParameters;
  outputs: InferTensor[];
}

/** The protocol's parameters are single values: no lists. */
export interface KnownParameters {
  /** Whether every row of the batch shows one of the labels. */
  known: boolean;
  /** The rows that show none, from 0: `1,3`. Absent where there are none. */
  unknown_rows?: string;
}

/**
 * Answers one Open Inference Protocol v2 request. Data may be flat or nested as deep as the shape.
 * @throws RequestError `request-invalid`, `request-too-large`, `tensor-*`, `output-unknown`, naming the field that is
 *   wrong; ModelError as `Engine.run`, `model-output-invalid` for outputs that JSON cannot hold (NaN).
 */
export async function inferWith(engine: Engine, manifest: Manifest, request: unknown): Promise<InferResponse> {
  const { id, inputs, outputs } = parseRequest(request);
  const wanted = outputs?.length ? outputs.map(({ name }) => findOutput(engine.outputs, name)) : engine.outputs;
  const names = wanted.map(({ name }) => name);
  const results = await runInputs(engine, inputs, withUnknown(manifest, names));
  const parameters = knownParameters(manifest, results, inputs[0]?.shape[0] ?? 1);
  return {
    model_name: manifest.name,
    model_version: manifest.version,
    ...(id === undefined ? {} : { id }),
    ...(parameters ? { parameters } : {}),
    outputs: wanted.map(({ name }) => writeTensor(name, results[name] as TensorData)),
  };
}

/** Answers the inputs of such a request with a result for each row. @throws as `inferWith` and `toResults`. */
export async function resultsWith(
  engine: Engine,
  manifest: Manifest,
  inputs: InferRequest['inputs'],
  options: AnswerOptions,
): Promise<Result[]> {
  const checked = checkAnswerOptions(options);
  const names = resultOutputs(manifest, checked);
  const outputs = await runInputs(engine, parseRequest({ inputs }).inputs, names);
  return toResults(manifest, outputs, outputs[resultOutput(manifest).name]?.shape[0] ?? 1, checked);
}

async function runInputs(engine: Engine, inputs: InferRequest['inputs'], names: readonly string[]): Promise<Outputs> {
  checkElements(inputs.map(({ shape }) => shape));
  const feeds = new Map<string, TensorData>();
  for (const [index, { name, shape, datatype, data }] of inputs.entries()) {
    if (feeds.has(name)) throw new RequestError('request-invalid', expected('each input once', 'inputs', name));
    feeds.set(name, { datatype, shape, data: readValues(data, shape, datatype, `inputs[${index}].data`) });
  }
  const named = Object.fromEntries(feeds);
  checkBatch(engine.inputs, named);
  return engine.run(named, names);
}

/**
 * What the response's parameters say of a batch; undefined for a model that cannot tell.
 * @throws ModelError `model-output-invalid`.
 */
export function knownParameters(manifest: Manifest, outputs: Outputs, rows: number): KnownParameters | undefined {
  const known = knownRows(manifest, outputs, rows);
  if (!known) return undefined;
  const unknown = known.flatMap((isKnown, row) => (isKnown ? [] : [row]));
  return unknown.length === 0 ? { known: true } : { known: false, unknown_rows: unknown.join(',') };
}

/** The results that a response holds which has the outputs that results are made of. @throws as `toResults`. */
export function responseResults(manifest: Manifest, { outputs }: InferResponse, options: CheckedOptions): Result[] {
  const named: Record<string, TensorData> = {};
  for (const { name, datatype, shape, data } of outputs) {
    named[name] = { datatype, shape, data: Float32Array.from(data as number[]) };
  }
  return toResults(manifest, named, named[resultOutput(manifest).name]?.shape[0] ?? 1, options);
}

/** Counts before anything is allocated. @throws RequestError `request-too-large`. */
export function checkElements(shapes: readonly (readonly number[])[]): void {
  const total = shapes.reduce((sum, shape) => sum + elementCount(shape), 0);
  if (total <= MAX_ELEMENTS) return;
  throw new RequestError('request-too-large', expected(`at most ${MAX_ELEMENTS} values`, 'inputs', total), {
    remedy: 'Send a smaller batch.',
    details: { maxElements: MAX_ELEMENTS },
  });
}

function parseRequest(request: unknown) {
  const result = requestSchema.safeParse(request);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const value = issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], request);
  throw new RequestError('request-invalid', expected(issue.message, path.replace(/^\./, '') || 'the request', value), {
    remedy: 'See the Open Inference Protocol v2: {"inputs": [{"name", "shape", "datatype", "data"}]}.',
  });
}

/** @throws RequestError `output-unknown`. */
export function findOutput(outputs: readonly EngineTensor[], name: string): EngineTensor {
  const found = outputs.find((output) => output.name === name);
  if (found) return found;
  throw new RequestError('output-unknown', expected(namesOf(outputs), 'the name of an output', name));
}

/**
 * Inputs whose batch axis is free must agree on it: onnxruntime would say so in its own words.
 * @throws RequestError `tensor-shape`.
 */
export function checkBatch(inputs: readonly EngineTensor[], feeds: Readonly<Record<string, TensorData>>): void {
  let first: { name: string; batch: number } | undefined;
  for (const { name, shape } of inputs) {
    const batch = feeds[name]?.shape[0];
    if (shape[0] !== null || batch === undefined) continue;
    if (first && first.batch !== batch) {
      const what = `a batch of ${first.batch}, as ${first.name} has`;
      throw new RequestError('tensor-shape', expected(what, `input ${name}`, batch));
    }
    first ??= { name, batch };
  }
}

/**
 * Reads a tensor's values from JSON: flat, or nested as deep as the shape; nothing is rounded or wrapped.
 * @param where what the values are called in messages: `inputs[0].data`.
 * @throws RequestError `tensor-length`, `tensor-value`, naming the position that is wrong.
 */
export function readValues(
  data: readonly unknown[],
  shape: readonly number[],
  datatype: Datatype,
  where: string,
): TensorValues {
  const count = elementCount(shape);
  const values = new DATATYPE_INFO[datatype].array(count);
  const read = READERS[kindOf(datatype)];
  const nested = Array.isArray(data[0]);
  let next = 0;
  const leaf = (value: unknown, position: string) => {
    const converted = read(value, datatype);
    if (converted === undefined) throw new RequestError('tensor-value', expected(meaning(datatype), position, value));
    values[next++] = converted;
  };
  const walk = (list: unknown, axis: number, position: string) => {
    const size = nested ? (shape[axis] as number) : count;
    if (!Array.isArray(list) || list.length !== size) {
      const what = nested
        ? `${size} entries (shape ${shapeText(shape)})`
        : `${size} values (shape ${shapeText(shape)})`;
      throw new RequestError('tensor-length', expected(what, position, Array.isArray(list) ? list.length : list));
    }
    const last = !nested || axis === shape.length - 1;
    for (let i = 0; i < size; i++) {
      if (last) leaf(list[i], `${position}[${i}]`);
      else walk(list[i], axis + 1, `${position}[${i}]`);
    }
  };
  walk(data, 0, where);
  return values;
}

type Kind = 'boolean' | 'whole' | 'big' | 'single' | 'double';

function kindOf(datatype: Datatype): Kind {
  if (datatype === 'BOOL') return 'boolean';
  if (datatype === 'INT64' || datatype === 'UINT64') return 'big';
  if (datatype === 'FP32') return 'single';
  return datatype === 'FP64' ? 'double' : 'whole';
}

/** Each answers what the typed array holds, or undefined for a value that does not fit: nothing is rounded or wrapped. */
const READERS: Record<Kind, (value: unknown, datatype: Datatype) => never | undefined> = {
  boolean: (value) => (typeof value === 'boolean' ? (Number(value) as never) : undefined),
  whole: (value, datatype) => (inRange(value, datatype) ? (value as never) : undefined),
  big: (value, datatype) => (inRange(value, datatype) ? (BigInt(value as number) as never) : undefined),
  single: (value) => (typeof value === 'number' && Number.isFinite(Math.fround(value)) ? (value as never) : undefined),
  double: (value) => (Number.isFinite(value) ? (value as never) : undefined),
};

function inRange(value: unknown, datatype: Datatype): boolean {
  const [min, max] = DATATYPE_INFO[datatype].range as readonly [bigint, bigint];
  return Number.isSafeInteger(value) && (value as number) >= Number(min) && (value as number) <= Number(max);
}

function meaning(datatype: Datatype): string {
  if (datatype === 'BOOL') return 'true or false';
  const { range } = DATATYPE_INFO[datatype];
  if (!range) return `a finite number (${datatype})`;
  const [min, max] = range;
  const safe = BigInt(Number.MAX_SAFE_INTEGER);
  return `a whole number from ${min < -safe ? -safe : min} to ${max > safe ? safe : max} (${datatype})`;
}

/**
 * A tensor as JSON holds it, flat. @throws ModelError `model-output-invalid` for NaN, infinity and numbers beyond 2^53.
 */
export function writeTensor(name: string, { datatype, shape, data }: TensorData): InferTensor {
  const values: (number | boolean)[] = new Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (!Number.isFinite(value) || (typeof data[i] === 'bigint' && !Number.isSafeInteger(value))) {
      throw new ModelError('model-output-invalid', expected('numbers that JSON can hold', `output ${name}`, value), {
        remedy: 'Check the weights and the input: the model answered with NaN, infinity or a number beyond 2^53.',
      });
    }
    values[i] = datatype === 'BOOL' ? value !== 0 : value;
  }
  return { name, shape: [...shape], datatype, data: values };
}
