import type { GraphBuilder, Value } from '#onnx';

/** Gradients as they come in, one layer at a time; what is used twice gets the sum. */
export class GradientSums {
  readonly #graph: GraphBuilder;
  readonly #values = new Map<string, Value>();
  readonly #weights = new Map<string, string>();

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  addValue(id: string, gradient: Value): void {
    const known = this.#values.get(id);
    if (!known) {
      this.#values.set(id, gradient);
      return;
    }
    const matched = this.#graph.toLayout(gradient, known.layout);
    this.#values.set(id, { ...known, name: this.#graph.op('Add', [known.name, matched.name]) });
  }

  addWeight(key: string, gradient: string): void {
    const known = this.#weights.get(key);
    this.#weights.set(key, known ? this.#graph.op('Add', [known, gradient]) : gradient);
  }

  value(id: string): Value | undefined {
    return this.#values.get(id);
  }

  weight(key: string): string | undefined {
    return this.#weights.get(key);
  }
}

/** The sum of a matrix's rows. As a product with ones: onnxruntime's ReduceSum over a few long rows takes five times as long. */
export function sumOfRows(graph: GraphBuilder, matrix: string): string {
  const zeros = graph.op('ConstantOfShape', [graph.op('Shape', [matrix], { start: 0, end: 1 })]);
  return graph.op('MatMul', [graph.op('Add', [zeros, graph.float(1)]), matrix]);
}
