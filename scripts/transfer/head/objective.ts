import { createEngine, type Engine, type TensorData } from '@freezeframe/inference';
import { GraphBuilder } from '#onnx';
import type { Features } from '../features/features.ts';

/** Features of pictures, and what each shows. */
export interface Labelled {
  readonly features: Features;
  /** Index of the label of each row. */
  readonly classes: Int32Array;
}

/**
 * The loss of softmax(x W + b) over weighted rows, and its gradient, computed by onnxruntime on all cores:
 * loss = - sum_i w_i log p_i[y_i]; dW = X^T (w (P - Y)); db = sum w (P - Y).
 */
export class Objective {
  readonly #engine: Engine;
  readonly #width: number;
  readonly #labels: number;

  private constructor(engine: Engine, width: number, labels: number) {
    this.#engine = engine;
    this.#width = width;
    this.#labels = labels;
  }

  static async open(width: number, labels: number): Promise<Objective> {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', [null, width]);
    const targets = graph.input('targets', 'float32', [null, labels]);
    const weights = graph.input('weights', 'float32', [width, labels]);
    const bias = graph.input('bias', 'float32', [labels]);
    const logits = graph.op('Add', [graph.op('MatMul', [x, weights]), bias]);
    const logs = graph.op('LogSoftmax', [logits], { axis: -1 });
    const loss = graph.op('Neg', [graph.op('ReduceSum', [graph.op('Mul', [targets, logs])], { keepdims: 0 })]);
    const weight = graph.op('ReduceSum', [targets, graph.ints([1])], { keepdims: 1 });
    const error = graph.op('Sub', [graph.op('Mul', [graph.op('Exp', [logs]), weight]), targets]);
    graph.node('Identity', [loss], ['loss']);
    graph.node('Gemm', [x, error], ['weights_gradient'], { transA: 1 });
    graph.node('ReduceSum', [error, graph.ints([0])], ['bias_gradient'], { keepdims: 0 });
    graph.output('loss', 'float32', []);
    graph.output('weights_gradient', 'float32', [width, labels]);
    graph.output('bias_gradient', 'float32', [labels]);
    return new Objective(await createEngine(graph.build()), width, labels);
  }

  /**
   * @param rowWeights 0 leaves a row out.
   * @param parameters weights [width, labels], then the bias [labels]
   */
  async evaluate(data: Labelled, rowWeights: Float32Array, parameters: Float64Array) {
    const [width, labels] = [this.#width, this.#labels];
    const all = Float32Array.from(parameters);
    const weights: TensorData = { datatype: 'FP32', shape: [width, labels], data: all.subarray(0, width * labels) };
    const bias: TensorData = { datatype: 'FP32', shape: [labels], data: all.subarray(width * labels) };
    const gradient = new Float64Array(parameters.length);
    let loss = 0;
    for await (const { first, count, rows } of data.features.windows()) {
      const targets = new Float32Array(count * labels);
      for (let i = 0; i < count; i++)
        targets[i * labels + (data.classes[first + i] as number)] = rowWeights[first + i] as number;
      const part = await this.#engine.run({
        x: { datatype: 'FP32', shape: [count, width], data: rows },
        targets: { datatype: 'FP32', shape: [count, labels], data: targets },
        weights,
        bias,
      });
      loss += (part.loss as TensorData).data[0] as number;
      add(gradient, (part.weights_gradient as TensorData).data as Float32Array, 0);
      add(gradient, (part.bias_gradient as TensorData).data as Float32Array, width * labels);
    }
    return { loss, gradient };
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

function add(to: Float64Array, from: Float32Array, at: number): void {
  for (let i = 0; i < from.length; i++) to[at + i] = (to[at + i] as number) + (from[i] as number);
}
