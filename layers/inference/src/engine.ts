import type { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  DATATYPE_INFO,
  type Datatype,
  datatypeOf,
  elementCount,
  type TensorData,
  type TensorValues,
} from './datatype.ts';
import { expected, ModelError, RequestError } from './errors.ts';
import { loadOnnxruntime } from './native.ts';
import { engineThreads } from './processor/cpu.ts';
import { bytesSaturate } from './processor/saturation.ts';

export interface EngineOptions {
  /** Threads that share one run. Default: the vCPUs that the process really has, or this thread's part of them. */
  threads?: number;
}

/** An input or output of a graph; null is a free axis. */
export interface EngineTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly (number | null)[];
}

/** A graph in memory, ready to run. */
export interface Engine {
  readonly inputs: readonly EngineTensor[];
  readonly outputs: readonly EngineTensor[];
  readonly threads: number;
  /**
   * Runs the graph once. Runs that are asked for at the same time are answered one after the other: each has all
   * threads for itself, and memory holds one run's tensors at most.
   * @param feeds one tensor for each of `inputs`.
   * @param names the outputs that are wanted, default all. onnxruntime computes the others too (its Node binding cannot
   *   set only_execute_path_to_fetches), but does not copy them.
   * @returns each of the wanted outputs by name; the data belongs to the caller.
   * @throws RequestError `tensor-missing`, `tensor-unknown`, `tensor-datatype`, `tensor-shape`, `tensor-length`;
   *   ModelError `model-run-failed`, `model-closed`.
   */
  run(feeds: Readonly<Record<string, TensorData>>, names?: readonly string[]): Promise<Record<string, TensorData>>;
  /** Gives the graph's memory back once the runs that were asked for are done. May be called again. */
  close(): Promise<void>;
}

/** One sample of zeros for each input; free axes are 1. How long a network takes does not depend on what it is asked. */
export function zeroFeeds(inputs: readonly EngineTensor[]): Record<string, TensorData> {
  const feeds = inputs.map(({ name, datatype, shape: open }) => {
    const shape = open.map((size) => size ?? 1);
    return [name, { datatype, shape, data: new DATATYPE_INFO[datatype].array(elementCount(shape)) }] as const;
  });
  return Object.fromEntries(feeds);
}

/**
 * Loads an ONNX graph with onnxruntime, all graph optimisations on.
 * @param model a file's path, or its bytes.
 * @throws ModelError `model-unreadable` for a file that is no ONNX graph or uses what onnxruntime lacks,
 *   `model-datatype` for inputs or outputs that are no tensors of a known datatype;
 *   FreezeframeError `engine-unavailable` where onnxruntime's binary does not load.
 */
export async function createEngine(model: Uint8Array | string, options: EngineOptions = {}): Promise<Engine> {
  const onnxruntime = await loadOnnxruntime();
  const threads = options.threads ?? engineThreads();
  const unsigned = await bytesSaturate(onnxruntime);
  const settings: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Threads that spin after a run take the cores from the next picture's decoding: 45 ms of CPU per 12 MP picture
    // instead of 27 (MobileNetV1, 2 cores), and no faster answer.
    // Where sums of unsigned times signed bytes saturate, weights become unsigned, which takes twice the time.
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        ...(unsigned ? { x64quantprecision: '1' } : {}),
        // Products with weights that are stored in bytes stay in single precision. onnxruntime 1.30 rounds what they are
        // multiplied with to eight bits otherwise, which no operator of the graph says.
        qdq_matmulnbits_accuracy_level: '1',
      },
    },
    // What fails is thrown; onnxruntime would write it straight to stderr as well.
    logSeverityLevel: 4,
  };
  let session: InferenceSession;
  try {
    session = await (typeof model === 'string'
      ? onnxruntime.InferenceSession.create(model, settings)
      : onnxruntime.InferenceSession.create(model, settings));
  } catch (cause) {
    throw new ModelError('model-unreadable', 'The model file is not an ONNX graph that onnxruntime can run', {
      cause,
      remedy: 'Freeze the model again; a file made elsewhere must use operators of the standard ONNX set.',
    });
  }
  try {
    return new OnnxEngine(session, onnxruntime.Tensor, threads);
  } catch (error) {
    await session.release();
    throw error;
  }
}

class OnnxEngine implements Engine {
  readonly inputs: readonly EngineTensor[];
  readonly outputs: readonly EngineTensor[];
  readonly threads: number;
  readonly #tensor: typeof Tensor;
  #session: InferenceSession | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: InferenceSession, tensor: typeof Tensor, threads: number) {
    this.inputs = session.inputMetadata.map(describe);
    this.outputs = session.outputMetadata.map(describe);
    this.threads = threads;
    this.#session = session;
    this.#tensor = tensor;
  }

  async run(
    feeds: Readonly<Record<string, TensorData>>,
    names: readonly string[] = this.outputs.map(({ name }) => name),
  ): Promise<Record<string, TensorData>> {
    const session = this.#session;
    if (!session) throw new ModelError('model-closed', 'The model was closed before this run');
    checkFeeds(this.inputs, feeds);
    return this.#inTurn(() => this.#runNow(session, feeds, names));
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session) await this.#inTurn(() => session.release());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #runNow(
    session: InferenceSession,
    feeds: Readonly<Record<string, TensorData>>,
    names: readonly string[],
  ): Promise<Record<string, TensorData>> {
    const tensors: Record<string, Tensor> = {};
    for (const { name } of this.inputs) {
      const { datatype, shape, data } = feeds[name] as TensorData;
      tensors[name] = new this.#tensor(DATATYPE_INFO[datatype].onnx, data as Float32Array, shape);
    }
    let fetched: InferenceSession.OnnxValueMapType;
    try {
      fetched = await session.run(tensors, names);
    } catch (cause) {
      throw new ModelError('model-run-failed', 'onnxruntime failed while it ran the model', {
        cause,
        remedy: 'Check that the free axes of the request are sizes that the model was made for.',
      });
    }
    const results: Record<string, TensorData> = {};
    for (const { name, datatype } of this.outputs) {
      if (!names.includes(name)) continue;
      const { dims, data } = fetched[name] as Tensor;
      results[name] = { datatype, shape: [...dims], data: data as TensorValues };
    }
    return results;
  }
}

function describe(value: InferenceSession.ValueMetadata): EngineTensor {
  const datatype = value.isTensor ? datatypeOf(value.type) : undefined;
  if (!value.isTensor || !datatype) {
    const received = value.isTensor ? value.type : 'no tensor';
    throw new ModelError('model-datatype', expected('a tensor of numbers', value.name, received), {
      remedy: 'Convert the graph so that its inputs and outputs are tensors of numbers or booleans.',
    });
  }
  const shape = value.shape.map((size) => (typeof size === 'number' && size >= 0 ? size : null));
  return { name: value.name, datatype, shape };
}

function checkFeeds(inputs: readonly EngineTensor[], feeds: Readonly<Record<string, TensorData>>): void {
  for (const name of Object.keys(feeds)) {
    if (!inputs.some((input) => input.name === name)) {
      throw new RequestError('tensor-unknown', expected(namesOf(inputs), 'the name of an input', name));
    }
  }
  for (const input of inputs) {
    const feed = feeds[input.name];
    if (!feed) throw new RequestError('tensor-missing', expected('a tensor', `input ${input.name}`, undefined));
    checkTensor(input, feed);
  }
}

/** @throws RequestError `tensor-datatype`, `tensor-shape`, `tensor-length` where it is not what the graph takes. */
function checkTensor(input: EngineTensor, { datatype, shape, data }: TensorData): void {
  const where = `input ${input.name}`;
  if (datatype !== input.datatype) {
    throw new RequestError('tensor-datatype', expected(input.datatype, `the datatype of ${where}`, datatype));
  }
  const fits =
    shape.length === input.shape.length &&
    shape.every((size, axis) => size >= 1 && (input.shape[axis] === null || input.shape[axis] === size));
  if (!fits) {
    throw new RequestError('tensor-shape', expected(shapeText(input.shape), `the shape of ${where}`, shape));
  }
  if (data.length !== elementCount(shape)) {
    throw new RequestError('tensor-length', expected(`${elementCount(shape)} values`, where, data.length));
  }
}

/** A shape as it is shown to people, a free axis as -1 (the protocol's way). */
export function shapeText(shape: readonly (number | null)[]): string {
  return `[${shape.map((size) => size ?? -1).join(', ')}]`;
}

/** Names as a message offers them. */
export function namesOf(tensors: readonly EngineTensor[]): string {
  return tensors.map(({ name }) => name).join(' or ');
}
