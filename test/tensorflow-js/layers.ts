import { expected, FreezeframeError } from '@freezeframe/inference';
import type { KerasModel } from '../../scripts/keras/index.ts';
import type { ReferenceTensor } from '../../scripts/reference/reference-tensor.ts';
import { tensorflowConfig } from './config.ts';
import './gaps.ts';
import { core, layers, onCpu } from './tensorflow.ts';

/**
 * What TensorFlow.js Layers answers with the same config and weights: plain JavaScript, slow, and not ours.
 * @throws FreezeframeError `reference-unsupported` where it has no such layer or option
 */
export function tensorflowAnswers(model: KerasModel, inputs: readonly ReferenceTensor[]): Promise<ReferenceTensor[]> {
  return onCpu(async () => {
    const loaded = await build(model);
    try {
      setWeights(loaded, model.weights, '');
      const tensors = inputs.map(tensorOf);
      const answer = loaded.predictOnBatch(tensors.length === 1 ? (tensors[0] as core.Tensor) : tensors);
      const answers = [answer].flat();
      const read = answers.map((t) => ({ shape: t.shape, data: t.dataSync() as Float32Array }));
      core.dispose([...tensors, ...answers]);
      return read;
    } finally {
      loaded.dispose();
    }
  });
}

async function build(model: KerasModel): Promise<layers.LayersModel> {
  const modelTopology = tensorflowConfig(model.config);
  try {
    // Plain JSON; TensorFlow.js's type knows only what its own writer makes.
    return await layers.models.modelFromJSON({ modelTopology } as unknown as layers.ModelAndWeightsConfig);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FreezeframeError('reference-unsupported', `TensorFlow.js cannot load this model: ${reason}`, { cause });
  }
}

/** By the layers' paths: TensorFlow.js's own loading wants every weight of nested models to have a name of its own. */
function setWeights(model: layers.LayersModel, weights: KerasModel['weights'], prefix: string): void {
  for (const layer of model.layers) {
    const path = prefix + layer.name;
    if ('layers' in layer) {
      setWeights(layer as layers.LayersModel, weights, `${path}/`);
      continue;
    }
    for (const weight of layer.weights) {
      const name = weight.originalName.split('/').at(-1);
      const tensor = weights.get(`${path}/${name}`);
      if (!tensor) throw new FreezeframeError('bad-weights', expected('a tensor', `weight ${path}/${name}`, undefined));
      const value = core.tensor(tensor.data, [...tensor.shape]);
      weight.write(value);
      value.dispose();
    }
  }
}

function tensorOf({ shape, data }: ReferenceTensor): core.Tensor {
  // A copy: the engine keeps the array.
  return core.tensor(data.slice(), [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}
