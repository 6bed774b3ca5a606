import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AnswerOptions,
  type CheckedOptions,
  checkAnswerOptions,
  type OutputRow,
  outputRows,
  type Result,
  resultOutput,
  resultOutputs,
  toResult,
} from './answer.ts';
import { checkGraph } from './classifier/check-graph.ts';
import { type DigestedFile, readDigested } from './classifier/read-digested.ts';
import { refusingTensors } from './classifier/refused-tensors.ts';
import { rowByRow } from './classifier/row-by-row.ts';
import { warm, warmDecoder } from './classifier/warm.ts';
import type { TensorData } from './datatype.ts';
import { createEngine, type Engine, type EngineOptions, type EngineTensor } from './engine.ts';
import { expected, FreezeframeError, ModelError, RequestError } from './errors.ts';
import { type Heatmap, heatmapOutput } from './heatmap/grid.ts';
import { drawOverlay } from './heatmap/overlay.ts';
import { withKernel } from './heatmap/with-kernel.ts';
import { type InferRequest, type InferResponse, inferWith, resultsWith } from './infer.ts';
import { type Manifest, type PictureInput, parseManifest } from './manifest.ts';
import { type DecodeOptions, decodePicture } from './picture.ts';
import { type Problem, toProblem } from './problem.ts';

/** Where the time went, in milliseconds. */
export interface Timings {
  decode: number;
  run: number;
}

interface ClassifyOptions extends AnswerOptions, DecodeOptions {
  /** Told once per call where the time went (a `Server-Timing` header, a log line). */
  onTimings?: (timings: Timings) => void;
}

/** In the order sent; an item that failed holds its problem document. */
export interface BatchResult {
  results: (Result | Problem)[];
}

export interface Explanation {
  result: Result;
  /** A PNG. */
  overlay: Uint8Array;
}

/** A model in memory that answers. */
export interface Classifier {
  readonly manifest: Manifest;
  /** What the graph takes and answers, but for a heat map that comes in two parts; batch axis first. */
  readonly inputs: readonly EngineTensor[];
  readonly outputs: readonly EngineTensor[];
  /**
   * @param picture an encoded picture (JPEG, PNG, WebP, GIF, AVIF, TIFF).
   * @throws PictureError as `decodePicture`; RequestError `top-k-invalid`, `threshold-invalid`, `picture-not-taken` (a
   *   model of tensors), `task-has-no-result`, `heatmap-absent`, `label-absent`; ModelError `model-output-invalid`, `model-run-failed`, `model-closed`.
   */
  classify(picture: Uint8Array, options?: ClassifyOptions): Promise<Result>;
  /**
   * As `classify` with a heat map, and the map drawn on the picture as the model saw it.
   * @throws as `classify`.
   */
  explain(picture: Uint8Array, options?: ClassifyOptions): Promise<Explanation>;
  /**
   * As `classify`, for many pictures, with the same answers to the bit: the next are decoded while one is run. A picture that
   * fails does not stop the others.
   * @throws as `classify`, but PictureError and `model-output-invalid`, which become the item's problem.
   */
  classifyBatch(pictures: readonly Uint8Array[], options?: ClassifyOptions): Promise<BatchResult>;
  /**
   * Answers an Open Inference Protocol v2 request; a picture model takes uint8 [batch, height, width, channels].
   * @throws RequestError `request-invalid`, `request-too-large`, `tensor-*`, `output-unknown`; ModelError
   *   `model-output-invalid`, `model-run-failed`, `model-closed`.
   */
  infer(request: InferRequest): Promise<InferResponse>;
  /**
   * The same tensors in, a result for each row out.
   * @throws as `infer` and `classify`.
   */
  results(inputs: InferRequest['inputs'], options?: AnswerOptions): Promise<Result[]>;
  /** Tensors in, tensors out, for protocols that have their own way of writing them. As `Engine.run`. */
  run(feeds: Readonly<Record<string, TensorData>>, names?: readonly string[]): Promise<Record<string, TensorData>>;
  /** Gives the model's memory back. */
  close(): Promise<void>;
}

export interface OpenOptions extends EngineOptions {
  /** `false` leaves out the pixel and the run that make the first answer as fast as the others: for a process that gives few. */
  readonly warmed?: boolean;
}

/**
 * Opens one version's folder (`model.onnx`, `manifest.json`) and checks the file against the manifest's sha256. One pixel
 * is decoded and the model is run once, so that the first answer is as fast as the others. Not cached: the caller closes it.
 * @throws ModelError `manifest-unreadable`, `manifest-invalid`, `manifest-version`, `model-file-missing`,
 *   `model-corrupt` (not the file that the manifest names), `model-unreadable`, `manifest-mismatch`;
 *   FreezeframeError `engine-unavailable`, `decoder-unavailable`.
 */
export async function openClassifier(
  folder: string,
  { warmed = true, ...options }: OpenOptions = {},
): Promise<Classifier> {
  // Threads of the system read the file meanwhile: this one parses the manifest and loads the decoder's code.
  const reading = readDigested(join(folder, 'model.onnx'));
  reading.catch(() => undefined); // awaited below, unless the manifest is wrong
  const manifest = await readManifest(folder);
  // Its threads decode while onnxruntime prepares the graph in this one.
  const decoder = warmDecoder(manifest, warmed);
  decoder.catch(() => undefined); // awaited below, unless the engine fails first
  const model = await reading.catch((cause) => {
    throw new ModelError('model-file-missing', 'The model folder has no readable model.onnx', {
      cause,
      remedy: 'Bundle or freeze the model again.',
    });
  });
  checkFile(manifest, model);
  const opened = await createEngine(model.bytes, options);
  const heatmap = heatmapOutput(manifest);
  const known = heatmap?.kernel ? withKernel(opened, heatmap.name, heatmap.kernel) : opened;
  const engine = manifest.input.kind === 'picture' ? rowByRow(known) : refusingTensors(known);
  try {
    checkGraph(manifest, opened);
    // What fails here is no sender's fault.
    await Promise.all([warmed && warm(known), decoder]);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return new FrozenClassifier(manifest, engine);
}

/** @throws ModelError `manifest-unreadable`, `manifest-invalid`, `manifest-version`. */
export async function readManifest(folder: string): Promise<Manifest> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  } catch (cause) {
    throw new ModelError('manifest-unreadable', 'The model folder has no readable manifest.json', {
      cause,
      remedy: 'Bundle or freeze the model again.',
    });
  }
  return parseManifest(json);
}

function checkFile(manifest: Manifest, { sha256, bytes }: DigestedFile): void {
  const wanted = manifest.files['model.onnx'];
  if (sha256 === wanted.sha256) return;
  throw new ModelError('model-corrupt', expected(`sha256 ${wanted.sha256}`, 'model.onnx', sha256), {
    remedy: 'The file was changed or cut after freezing: bundle or freeze the model again.',
    details: { expected: wanted, received: { sha256, bytes: bytes.byteLength } },
  });
}

class FrozenClassifier implements Classifier {
  readonly manifest: Manifest;
  readonly #engine: Engine;

  constructor(manifest: Manifest, engine: Engine) {
    this.manifest = manifest;
    this.#engine = engine;
  }

  async classify(picture: Uint8Array, options: ClassifyOptions = {}): Promise<Result> {
    return (await this.#ask(picture, options)).result;
  }

  async explain(picture: Uint8Array, options: ClassifyOptions = {}): Promise<Explanation> {
    const { pixels, result } = await this.#ask(picture, { heatmap: {}, ...options });
    const { heatmap } = result as { heatmap: Heatmap };
    return { result, overlay: await drawOverlay(pixels, this.#pictureInput(), heatmap) };
  }

  async #ask(picture: Uint8Array, options: ClassifyOptions): Promise<{ pixels: Uint8Array; result: Result }> {
    const input = this.#pictureInput();
    const answer = checkAnswerOptions(options);
    const names = resultOutputs(this.manifest, answer);
    const start = performance.now();
    const pixels = await decodePicture(picture, input, options);
    const decoded = performance.now();
    const row = await this.#row(input, pixels, names);
    options.onTimings?.({ decode: decoded - start, run: performance.now() - decoded });
    return { pixels, result: toResult(this.manifest, row, answer) };
  }

  async classifyBatch(pictures: readonly Uint8Array[], options: ClassifyOptions = {}): Promise<BatchResult> {
    const input = this.#pictureInput();
    const answer = checkAnswerOptions(options);
    const names = resultOutputs(this.manifest, answer);
    const timings: Timings = { decode: 0, run: 0 };
    const results: (Result | Problem)[] = [];
    for await (const item of this.#decodeAhead(pictures, input, options, timings)) {
      const start = performance.now();
      if (item instanceof Uint8Array) {
        results.push(this.#attempt(await this.#row(input, item, names), answer));
      } else {
        results.push(item);
      }
      timings.run += performance.now() - start;
    }
    options.onTimings?.(timings);
    return { results };
  }

  get inputs(): readonly EngineTensor[] {
    return this.#engine.inputs;
  }

  get outputs(): readonly EngineTensor[] {
    return this.#engine.outputs;
  }

  run(feeds: Readonly<Record<string, TensorData>>, names?: readonly string[]): Promise<Record<string, TensorData>> {
    return this.#engine.run(feeds, names);
  }

  infer(request: InferRequest): Promise<InferResponse> {
    return inferWith(this.#engine, this.manifest, request);
  }

  results(inputs: InferRequest['inputs'], options: AnswerOptions = {}): Promise<Result[]> {
    return resultsWith(this.#engine, this.manifest, inputs, options);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #pictureInput(): PictureInput {
    const { input } = this.manifest;
    if (input.kind !== 'picture') {
      throw new RequestError('picture-not-taken', `The model ${this.manifest.name} takes tensors, not pictures`, {
        remedy: 'Ask it with an Open Inference Protocol v2 request.',
      });
    }
    resultOutput(this.manifest);
    return input;
  }

  /**
   * Decodes the next pictures while one is run, as many at once as there are threads: each decoded original may need 200 MB.
   * @param timings is told how long was waited for them
   */
  async *#decodeAhead(
    pictures: readonly Uint8Array[],
    input: PictureInput,
    options: DecodeOptions,
    timings: Timings,
  ): AsyncGenerator<Uint8Array | Problem> {
    const decoding: Promise<Uint8Array | Problem>[] = [];
    let next = 0;
    const begin = () => {
      if (next === pictures.length) return;
      const item = decodePicture(pictures[next++] as Uint8Array, input, options).catch(itemProblem);
      item.catch(() => undefined); // awaited in its turn, unless an earlier one ends all
      decoding.push(item);
    };
    for (let thread = 0; thread < this.#engine.threads; thread++) begin();
    for (let first = decoding.shift(); first; first = decoding.shift()) {
      const start = performance.now();
      const item = await first;
      timings.decode += performance.now() - start;
      begin();
      yield item;
    }
  }

  async #row(input: PictureInput, data: Uint8Array, names: readonly string[]): Promise<OutputRow> {
    const { name, height, width, channels } = input;
    const feeds: Record<string, TensorData> = {
      [name]: { datatype: 'UINT8', shape: [1, height, width, channels], data },
    };
    const [row] = outputRows(this.manifest, await this.#engine.run(feeds, names), 1);
    return row as OutputRow;
  }

  #attempt(row: OutputRow, answer: CheckedOptions): Result | Problem {
    try {
      return toResult(this.manifest, row, answer);
    } catch (error) {
      return itemProblem(error);
    }
  }
}

/** Only what Freezeframe foresees becomes an item's answer; a bug still stops the batch and is seen. */
function itemProblem(error: unknown): Problem {
  if (error instanceof FreezeframeError) return toProblem(error);
  throw error;
}
