import type { KerasModel } from '#keras';
import { openEvaluator } from './evaluator/index.ts';
import type { Reference, ReferenceTensor } from './tfjs/layers.ts';
import { tensorflowIsRight } from './tfjs/trust.ts';

/** What a reference answers, and which one it was. */
export interface ReferenceAnswers {
  /** `TensorFlow.js layers 4.22.0`, `Freezeframe's plain evaluator`. */
  readonly against: string;
  readonly answers: ReferenceTensor[];
}

/**
 * Multiplications for one sample beyond which the plain evaluator answers even what TensorFlow.js could: on one core it does 800 million
 * a second, TensorFlow.js's plain JavaScript 200 million (MobileNetV2), and people wait for it.
 */
export const MAX_TENSORFLOW = 1e8;

/**
 * A model's answers by an implementation that shares no code with the converter: TensorFlow.js Layers where it is known to
 * be right about every layer, the plain evaluator for everything else, and wherever TensorFlow.js gives up.
 * @param multiplications that one sample takes, about.
 * @throws FreezeframeError `reference-unsupported` for a layer or an option that neither knows
 */
export async function referenceAnswers(
  model: KerasModel,
  inputs: readonly ReferenceTensor[],
  multiplications: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<ReferenceAnswers> {
  if (multiplications <= MAX_TENSORFLOW && tensorflowIsRight(model.config)) {
    // Loaded only where it is asked: 230 ms.
    const { loadReference } = await import('./tfjs/layers.ts');
    const found = await loadReference(model)
      .then(
        (reference) => answersOf(reference, inputs, onProgress),
        // TensorFlow.js has no class for what it lacks: any error of its is a reason to ask elsewhere, none to pass.
        () => undefined,
      )
      .catch(() => undefined);
    if (found) return found;
  }
  return answersOf(openEvaluator(model), inputs, onProgress);
}

async function answersOf(
  reference: Reference,
  inputs: readonly ReferenceTensor[],
  onProgress: (done: number) => void,
): Promise<ReferenceAnswers> {
  try {
    return { against: reference.version, answers: await reference.run(inputs, onProgress) };
  } finally {
    reference.close();
  }
}
