import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type KerasModel, readTopology } from '#keras';
import { readAll } from '#read';

/** Writes a Keras file as TensorFlow.js's converter would: `model.json`, and the weights beside it. */
export async function writeTensorflowJs(keras: string, file: string): Promise<void> {
  const { imported } = await readAll(keras, {});
  if (imported.kind !== 'keras') throw new Error(`${keras} is no Keras model`);
  const weights = [...imported.model.weights];
  const parts = weights.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  await writeFile(join(dirname(file), 'weights.bin'), Buffer.concat(parts));
  const specs = weights.map(([name, { shape }]) => ({ name, shape, dtype: 'float32' }));
  const topology = { model_config: keras2(imported.model.config), keras_version: '2.15.0', backend: 'tensorflow' };
  const manifest = [{ paths: ['weights.bin'], weights: specs }];
  await writeFile(file, JSON.stringify({ modelTopology: topology, weightsManifest: manifest }));
}

/** In the words of Keras 2, which TensorFlow.js reads; each layer is called once. */
function keras2(config: KerasModel['config']) {
  const { inputs, nodes, outputs } = readTopology(config);
  const layerOf = (id: string) => id.replace(/:0$/, '');
  const reference = (id: string) => [layerOf(id), 0, 0];
  const first = inputs.map(({ name, shape }) => ({
    ...{ class_name: 'InputLayer', name, inbound_nodes: [] },
    config: { name, batch_input_shape: shape, dtype: 'float32', sparse: false },
  }));
  const layers = nodes.map(({ path: name, layer, inputs: read }) => ({
    ...{ class_name: layer.class_name, name },
    // How weights are first drawn and rounded is said by objects: nobody draws here.
    config: Object.fromEntries(Object.entries(layer.config).filter(([, value]) => !isObject(value))),
    inbound_nodes: [read.map((id) => [...reference(id), {}])],
  }));
  return {
    class_name: 'Model',
    config: {
      name: 'model',
      layers: [...first, ...layers],
      input_layers: inputs.map(({ name }) => reference(name)),
      output_layers: outputs.map(reference),
    },
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
