import type { Tensor, TensorId } from '#keras';
import type { GraphBuilder, Value } from '#onnx';
import type { EmitContext, WeightTransform } from './keras/layer.ts';
import { emitNode } from './plan/nodes.ts';
import type { FreezePlan } from './plan/plan.ts';

/** Writes every node of a plan into the graph. `values` holds the inputs and receives each tensor. */
export function emitPlan(graph: GraphBuilder, plan: FreezePlan, values: Map<TensorId, Value>): void {
  const weight = frozenWeights(graph, plan.weights);
  for (const node of plan.nodes) {
    const context: EmitContext = {
      graph,
      layerName: node.path,
      weight: (name, transform) => weight(`${node.path}/${name}`, transform),
    };
    emitNode(context, node, values);
  }
}

/** Weights as initializers, already in the order that is asked for; a shared layer's are stored once. */
function frozenWeights(graph: GraphBuilder, weights: ReadonlyMap<string, Tensor>) {
  const stored = new Map<string, string>();
  return (name: string, transform?: WeightTransform): string => {
    const key = `${name} ${JSON.stringify(transform ?? null)}`;
    const known = stored.get(key);
    if (known !== undefined) return known;
    const tensor = weights.get(name);
    if (!tensor) throw new Error(`weight ${name} is used and not declared`);
    const permuted = transform ? permute(tensor, transform.perm) : tensor;
    const result = graph.weight(name, transform?.dims ?? permuted.shape, permuted.data);
    stored.set(key, result);
    return result;
  };
}

type Numbers = Float32Array | Uint8Array;

interface Permutable<T extends Numbers> {
  readonly shape: readonly number[];
  readonly data: T;
}

/** The tensor with its axes in another order: axis i of the result is axis `perm[i]` of the tensor. */
export function permute<T extends Numbers>(tensor: Permutable<T>, perm: readonly number[]): Permutable<T> {
  const { shape, data } = tensor;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, size) => n * size, 1));
  const dims = perm.map((axis) => shape[axis] as number);
  const steps = perm.map((axis) => strides[axis] as number);
  const result = (data instanceof Float32Array ? new Float32Array(data.length) : new Uint8Array(data.length)) as T;
  const index = dims.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] as number;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += steps[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (dims[axis] as number)) break;
      from -= (steps[axis] as number) * (dims[axis] as number);
      index[axis] = 0;
    }
  }
  return { shape: dims, data: result };
}
