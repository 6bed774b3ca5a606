import type { Value } from '#onnx';
import type { Saved, TrainContext } from '../gradients/rule.ts';

/** One way to train a convolution: how it answers, before any activation of its own layer, and its gradients. */
export interface Way<C> {
  /** Whether it can be taken, and is worth it. The only place that says so. */
  fits(config: C, x: Value, needsInputGradient: boolean): boolean;
  forward(context: TrainContext, config: C, x: Value): { output: Value; saved: Saved };
  /** @param gradient of the output. @returns gradients of the weights in Keras's order, of the input where one is needed */
  backward(
    context: TrainContext,
    config: C,
    pass: { readonly x: Value; readonly saved: Saved },
    gradient: Value,
    needsInputGradient: boolean,
  ): { weights: Readonly<Record<string, string>>; input?: Value };
}
