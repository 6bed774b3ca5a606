import type { Trainer, TrainingTask } from '../backends/backend.ts';
import { inOrder, type Samples } from '../batches/batches.ts';

export interface Evaluation {
  readonly loss: number;
  /** Share of right answers, or the mean absolute error. */
  readonly measure: number;
  /** `[count, outputs]`, row-major. */
  readonly outputs: Float32Array;
}

const EVALUATION_BATCH = 500;

/** What a model answers to all of these, as it is now. */
export async function evaluate(trainer: Trainer, samples: Samples, kind: TrainingTask['loss']): Promise<Evaluation> {
  const parts: Float32Array[] = [];
  let [loss, measure] = [0, 0];
  for (const batch of inOrder(samples, EVALUATION_BATCH)) {
    const result = await trainer.evaluate(batch);
    loss += result.loss * batch.count;
    measure += result.measure;
    parts.push(result.outputs);
  }
  const outputs = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    outputs.set(part, at);
    at += part.length;
  }
  // A measure of numbers is a sum over all of a sample's outputs.
  const answers = kind === 'crossentropy' ? samples.count : outputs.length;
  return { loss: loss / samples.count, measure: measure / answers, outputs };
}
