import { createEngine, type Engine, type TensorData } from '@freezeframe/inference';
import { GraphBuilder } from '#onnx';
import type { Features } from '../features/features.ts';
import type { Head } from './logistic.ts';

/** Rows in one run: with 1,000 labels and five heads 10 MB of answers. */
const ROWS = 512;

/**
 * softmax(features x weights + bias) of every row, by each set of heads: one head, or one for each fold, of which the row's is
 * asked. By onnxruntime on all cores.
 * @param told `set` is the number of the set. The array is used again
 */
export async function eachAnswer(
  features: Features,
  sets: readonly (readonly Head[])[],
  foldOf: Int32Array | undefined,
  told: (row: number, probabilities: Float64Array, set: number) => void,
): Promise<void> {
  const heads = sets.flat();
  const [labels, folds] = [heads[0]?.labels ?? 0, sets[0]?.length ?? 0];
  const all = heads.length * labels;
  const engine = await open(features.width, heads);
  const own = new Float64Array(labels);
  try {
    for await (const { first, count, rows } of features.windows()) {
      for (let at = 0; at < count; at += ROWS) {
        const some = Math.min(ROWS, count - at);
        const data = rows.subarray(at * features.width, (at + some) * features.width);
        const answer = await engine.run({ x: { datatype: 'FP32', shape: [some, features.width], data } });
        const logits = (answer.logits as TensorData).data as Float32Array;
        for (let i = 0; i < some; i++) {
          const row = first + at + i;
          for (let set = 0; set < sets.length; set++) {
            const from = i * all + (set * folds + (foldOf?.[row] ?? 0)) * labels;
            softmax(logits.subarray(from, from + labels), own);
            told(row, own, set);
          }
        }
      }
    }
  } finally {
    await engine.close();
  }
}

/** The heads side by side. */
function open(width: number, heads: readonly Head[]): Promise<Engine> {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [null, width]);
  const each = heads.map(({ labels, weights, bias }, i) => {
    const kernel = graph.weight(`kernel_${i}`, [width, labels], weights);
    return graph.op('Gemm', [x, kernel, graph.weight(`bias_${i}`, [labels], bias)]);
  });
  graph.node('Concat', each, ['logits'], { axis: 1 });
  graph.output('logits', 'float32', [null, null]);
  return createEngine(graph.build());
}

function softmax(logits: Float32Array, into: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of logits) most = Math.max(most, value);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const power = Math.exp((logits[i] as number) - most);
    into[i] = power;
    sum += power;
  }
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) / sum;
}

/** The first of the largest. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
