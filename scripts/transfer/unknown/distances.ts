import { createEngine, type Engine, type TensorData } from '@freezeframe/inference';
import { GraphBuilder } from '#onnx';
import type { Features } from '../features/features.ts';

/** Rows in one run: 4,096 x 4,096 distances are 64 MB. */
const CHUNK = 1_024;

/** Euclidean distances between rows of features, by onnxruntime on all cores. */
export class Distances {
  readonly #engine: Engine;
  readonly #width: number;

  private constructor(engine: Engine, width: number) {
    this.#engine = engine;
    this.#width = width;
  }

  static async open(width: number): Promise<Distances> {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', [null, width]);
    // A third axis: sizes of a first axis are all the batch's.
    const others = graph.input('others', 'float32', [1, null, width]);
    const y = graph.op('Reshape', [others, graph.ints([-1, width])]);
    const squares = (value: string) =>
      graph.op('ReduceSum', [graph.op('Mul', [value, value]), graph.ints([1])], { keepdims: 1 });
    const products = graph.op('Gemm', [x, y], { transB: 1, alpha: { float: -2 } });
    const sum = graph.op('Add', [products, squares(x)]);
    const all = graph.op('Add', [sum, graph.op('Transpose', [squares(y)], { perm: [1, 0] })]);
    graph.node('Sqrt', [graph.op('Relu', [all])], ['distances']);
    graph.output('distances', 'float32', [null, null]);
    return new Distances(await createEngine(graph.build()), width);
  }

  /** Tells the distances of each row of `x` to all rows of `y`. The array is used again. */
  async each(x: Float32Array, y: Float32Array, told: (row: number, distances: Float32Array) => void): Promise<void> {
    const [rows, others] = [x.length / this.#width, y.length / this.#width];
    if (others === 0) return;
    for (let first = 0; first < rows; first += CHUNK) {
      const count = Math.min(CHUNK, rows - first);
      const part = x.subarray(first * this.#width, (first + count) * this.#width);
      const answer = await this.#engine.run({
        x: { datatype: 'FP32', shape: [count, this.#width], data: part },
        others: { datatype: 'FP32', shape: [1, others, this.#width], data: y },
      });
      const all = (answer.distances as TensorData).data as Float32Array;
      for (let i = 0; i < count; i++) told(first + i, all.subarray(i * others, (i + 1) * others));
    }
  }

  /** The same for features that memory may not hold. */
  async eachOf(x: Features, y: Float32Array, told: (row: number, distances: Float32Array) => void): Promise<void> {
    for await (const { first, rows } of x.windows())
      await this.each(rows, y, (row, distances) => told(first + row, distances));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
