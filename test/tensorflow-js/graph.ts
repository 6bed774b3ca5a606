import type { ReferenceTensor } from '../../scripts/reference/reference-tensor.ts';
import { type GraphModel, isInput } from '../../scripts/tensorflow/index.ts';
import { execute } from './operators.ts';
import { core, onCpu } from './tensorflow.ts';

/**
 * What TensorFlow.js's operators answer to a graph model, node by node on its plain cpu engine.
 * @param inputs in the order of the model's inputs, as TensorFlow takes them: [batch, height, width, channels]
 */
export function runGraph(model: GraphModel, inputs: readonly ReferenceTensor[]): Promise<ReferenceTensor[]> {
  return onCpu(async () => {
    const kept = core.tidy(() => Object.fromEntries(outputs(model, inputs).map((tensor, i) => [String(i), tensor])));
    const answers = model.outputs.map((_, i) => {
      const tensor = kept[String(i)] as core.Tensor;
      return { shape: tensor.shape, data: tensor.dataSync() as Float32Array | Int32Array };
    });
    core.dispose(kept);
    return answers;
  });
}

function outputs(model: GraphModel, inputs: readonly ReferenceTensor[]): core.Tensor[] {
  const results = new Map<string, core.Tensor[]>();
  for (const [i, { node, datatype }] of model.inputs.entries()) {
    const { data, shape } = inputs[i] as ReferenceTensor;
    results.set(node, [core.tensor(data, [...shape], datatype)]);
  }
  for (const node of model.nodes) {
    if (isInput(node)) continue;
    if (node.op === 'Const') results.set(node.name, [constant(model, node.name)]);
    else
      results.set(
        node.name,
        execute(
          node,
          node.inputs.map((edge) => tensorOf(results, edge.node, edge.index)),
        ),
      );
  }
  // Clones: two outputs may be one tensor.
  return model.outputs.map(({ edge }) => core.clone(tensorOf(results, edge.node, edge.index)));
}

function constant({ weights }: GraphModel, name: string): core.Tensor {
  const weight = weights.get(name);
  if (!weight) throw new Error(`no constant ${name}`);
  // A copy: the engine keeps the array.
  return core.tensor(weight.data.slice(), [...weight.shape], weight.datatype);
}

function tensorOf(results: ReadonlyMap<string, core.Tensor[]>, node: string, index: number): core.Tensor {
  const tensor = results.get(node)?.[index];
  if (tensor) return tensor;
  throw new Error(`no result ${node}:${index}`);
}
