import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import { type GraphModel, isInput } from '#tensorflow';
import type { ReferenceTensor } from '../tfjs/layers.ts';
import { core, onCpu } from '../tfjs/tensorflow.ts';
import { execute } from './executors.ts';

/** What answers of graph models are compared with. */
export const GRAPH_REFERENCE = `TensorFlow.js core ${core.version_core}`;

/**
 * Runs a graph model node by node with TensorFlow.js's operators, on its plain cpu engine: slow, and independent of the ONNX
 * that was made from it.
 * @param inputs in the order of the model's inputs, as TensorFlow takes them: [batch, height, width, channels]
 * @returns the outputs, in their order
 */
export function runGraphReference(model: GraphModel, inputs: readonly ReferenceTensor[]): Promise<ReferenceTensor[]> {
  if (inputs.length !== model.inputs.length) {
    throw new ImportError('option-mismatch', expected(`${model.inputs.length} tensors`, 'the inputs', inputs.length));
  }
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
  if (!weight) throw new ImportError('bad-weights', expected('a tensor', `the constant ${name}`, undefined));
  // A copy: the engine keeps the array.
  return core.tensor(weight.data.slice(), [...weight.shape], weight.datatype);
}

function tensorOf(results: ReadonlyMap<string, core.Tensor[]>, node: string, index: number): core.Tensor {
  const tensor = results.get(node)?.[index];
  if (tensor) return tensor;
  throw new ImportError(
    'file-damaged',
    expected('a result that is there', `an input of the graph`, `${node}:${index}`),
  );
}
