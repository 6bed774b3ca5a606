import { expected, FreezeframeError } from '@freezeframe/inference';
import type { KerasModel } from '#keras';
import { tensorflowConfig } from './config.ts';
import './gaps.ts';
import { core, layers, onCpu, REFERENCE } from './tensorflow.ts';

/** A tensor with any number of rows, row-major in Keras's axis order. */
export interface ReferenceTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** A Keras model in TensorFlow.js Layers, an implementation that shares no code with the frozen graph. */
export interface Reference {
  /** `TensorFlow.js layers 4.22.0`. */
  readonly version: string;
  /** Answers the model's outputs, in its order, for its inputs, in its order. Plain JavaScript: slow. */
  run(inputs: readonly ReferenceTensor[], onProgress?: (done: number) => void): Promise<ReferenceTensor[]>;
  close(): void;
}

/** Rows in one run: more gains nothing and holds every layer's answer for all of them. */
const BATCH = 32;

/**
 * Loads the same config and weights in TensorFlow.js Layers.
 * @throws FreezeframeError `reference-unsupported` where TensorFlow.js has no such layer or option
 */
export async function loadReference(model: KerasModel): Promise<Reference> {
  return onCpu(async () => {
    const loaded = await build(model);
    try {
      setWeights(loaded, model, '');
    } catch (error) {
      loaded.dispose();
      throw error;
    }
    return {
      version: REFERENCE,
      run: (inputs, onProgress = () => undefined) => onCpu(() => run(loaded, inputs, onProgress)),
      close: () => void loaded.dispose(),
    };
  });
}

async function build(model: KerasModel): Promise<layers.LayersModel> {
  const modelTopology = tensorflowConfig(model.config);
  try {
    // Plain JSON; TensorFlow.js's type knows only what its own writer makes.
    return await layers.models.modelFromJSON({ modelTopology } as unknown as layers.ModelAndWeightsConfig);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FreezeframeError('reference-unsupported', `TensorFlow.js cannot load this model: ${reason}`, { cause });
  }
}

/** By the layers' paths: TensorFlow.js's own loading wants every weight of nested models to have a name of its own. */
function setWeights(model: layers.LayersModel, { weights }: KerasModel, prefix: string): void {
  for (const layer of model.layers) {
    const path = prefix + layer.name;
    if ('layers' in layer) {
      setWeights(layer as layers.LayersModel, { weights } as KerasModel, `${path}/`);
      continue;
    }
    for (const weight of layer.weights) {
      const name = weight.originalName.split('/').at(-1);
      const tensor = weights.get(`${path}/${name}`);
      if (!tensor) throw new FreezeframeError('bad-weights', expected('a tensor', `weight ${path}/${name}`, undefined));
      const value = core.tensor(tensor.data, [...tensor.shape]);
      weight.write(value);
      value.dispose();
    }
  }
}

async function run(
  model: layers.LayersModel,
  inputs: readonly ReferenceTensor[],
  onProgress: (done: number) => void,
): Promise<ReferenceTensor[]> {
  const rows = inputs[0]?.shape[0] ?? 0;
  const parts: ReferenceTensor[][] = [];
  for (let first = 0; first < rows; first += BATCH) {
    const last = Math.min(first + BATCH, rows);
    const tensors = inputs.map((input) => rowsOf(input, first, last));
    const answer = model.predictOnBatch(tensors.length === 1 ? (tensors[0] as core.Tensor) : tensors);
    const answers = Array.isArray(answer) ? answer : [answer];
    parts.push(answers.map((t) => ({ shape: t.shape, data: t.dataSync() as Float32Array })));
    core.dispose([...tensors, ...answers]);
    onProgress(last);
    // Plain JavaScript holds the event loop: progress bars and Ctrl-C get their turn here.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return (parts[0] ?? []).map((part, i) => {
    const data = new Float32Array(part.data.length === 0 ? 0 : (part.data.length / (part.shape[0] as number)) * rows);
    let at = 0;
    for (const answers of parts) {
      const piece = answers[i] as ReferenceTensor;
      data.set(piece.data, at);
      at += piece.data.length;
    }
    return { shape: [rows, ...part.shape.slice(1)], data };
  });
}

function rowsOf({ shape, data }: ReferenceTensor, first: number, last: number): core.Tensor {
  const size = shape.slice(1).reduce((n, axis) => n * axis, 1);
  const type = data instanceof Int32Array ? 'int32' : 'float32';
  // A copy: the engine keeps the array, and a view would keep all rows.
  return core.tensor(data.slice(first * size, last * size), [last - first, ...shape.slice(1)], type);
}
