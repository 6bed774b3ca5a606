import type { KerasModel, Tensor } from '#keras';
import type { Samples } from '../batches/batches.ts';
import type { LossName } from '../step/losses.ts';
import type { TrainingInput } from '../step/training-step.ts';

/** A model to train, whoever does it. */
export interface TrainingTask {
  /** One input, one output. */
  readonly config: KerasModel['config'];
  readonly input: TrainingInput;
  readonly loss: LossName;
  /** Decides the first weights and every random number while training. */
  readonly seed: number;
}

/** What one batch gave. */
export interface BatchResult {
  /** The loss, a mean over the batch. */
  readonly loss: number;
  /** Right answers (crossentropy), or the sum of absolute errors (mean_squared_error). */
  readonly measure: number;
}

/** A model in training. One call at a time. */
export interface Trainer {
  /** One step of Adam on one batch. @param step 1 for the first step of the training. */
  train(batch: Samples, learningRate: number, step: number): Promise<BatchResult>;
  /** The model as it would answer. `outputs`: `[count, outputs]`, row-major, after the last activation. */
  evaluate(batch: Samples): Promise<BatchResult & { readonly outputs: Float32Array }>;
  /** The weights, by their names in `KerasModel`. */
  weights(): Promise<Map<string, Tensor>>;
  /** What the model answers with, by the names of `state`, until the next step. */
  answering(): Promise<ReadonlyMap<string, Float32Array>>;
  /** Copies of everything that the next step depends on. */
  state(): Promise<Map<string, Float32Array>>;
  /** Goes on from such a state. @throws FreezeframeError `checkpoint-mismatch` */
  restore(state: ReadonlyMap<string, Float32Array>): Promise<void>;
  close(): Promise<void>;
}

/** Something that can train. */
export interface TrainingBackend {
  readonly name: 'onnx' | 'tfjs-node';
  /** Name and version of the engine, for provenance. */
  readonly engine: string;
  /** Whether the same seed and the same states give the same bits on the same machine. */
  readonly exact: boolean;
  /** @throws FreezeframeError `unsupported-training` and others for a model that it cannot train */
  open(task: TrainingTask): Promise<Trainer>;
}
