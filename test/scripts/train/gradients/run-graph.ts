import { loadOnnxruntime } from '@freezeframe/inference';
import type { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import { numbers } from './layer-gradient.ts';

export interface GraphTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Numbers for an input of these dims. */
export function feed(dims: readonly number[], seed: number): GraphTensor {
  const length = dims.reduce((a, b) => a * b, 1);
  return { dims, data: numbers(length, seed) };
}

/** Runs a graph of float32 inputs once. @param results values of the graph, by the names under which they are answered */
export async function runGraph<Name extends string>(
  graph: GraphBuilder,
  results: Readonly<Record<Name, string>>,
  feeds: Readonly<Record<string, GraphTensor>>,
): Promise<Record<Name, GraphTensor>> {
  for (const [name, value] of Object.entries<string>(results)) {
    graph.node('Identity', [value], [name]);
    graph.output(name, 'float32', []);
  }
  const { InferenceSession, Tensor } = await loadOnnxruntime();
  const session = await InferenceSession.create(graph.build(), { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const inputs = Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor('float32', data, dims)]);
  const answers = await session.run(Object.fromEntries(inputs));
  await session.release();
  const tensors = Object.entries(answers).map(([name, { data, dims }]) => [name, { data, dims }]);
  return Object.fromEntries(tensors) as Record<Name, GraphTensor>;
}
