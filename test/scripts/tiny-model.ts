import type { ManifestDraft } from '@freezeframe/inference';
import { GraphBuilder } from '../../scripts/onnx/graph.ts';
import type { ModelStore, StoredModel } from '../../scripts/store/model-store.ts';

/** The side of the pictures that the tiny model takes, in pixels. */
const SIDE = 8;

/**
 * A real frozen model of a few hundred bytes: it calls a picture `red` or `blue` after whichever channel is larger on average.
 * @param gain steepness; another gain is another model.
 */
function tinyModel(gain = 20): { model: Uint8Array; manifest: ManifestDraft } {
  const graph = new GraphBuilder();
  const pixels = graph.input('pixels', 'uint8', [null, SIDE, SIDE, 3]);
  const floats = graph.op('Cast', [pixels], { to: 1 });
  const means = graph.op('ReduceMean', [floats, graph.ints([1, 2])], { keepdims: 0 });
  const scaled = graph.op('Mul', [means, graph.float(gain / 255)]);
  const kernel = graph.weight('kernel', [3, 2], new Float32Array([1, 0, 0, 0, 0, 1]));
  const logits = graph.op('MatMul', [scaled, kernel]);
  graph.node('Softmax', [logits], ['probabilities'], { axis: -1 });
  graph.output('probabilities', 'float32', [null, 2]);
  return {
    model: graph.build(),
    manifest: {
      formatVersion: 1,
      task: 'classification',
      input: {
        kind: 'picture',
        name: 'pixels',
        height: SIDE,
        width: SIDE,
        channels: 3,
        colour: 'rgb',
        resize: 'stretch',
        crop: 1,
        kernel: 'cubic',
        invert: false,
        datatype: 'UINT8',
      },
      output: { kind: 'classification', name: 'probabilities', labels: ['red', 'blue'], activation: 'softmax' },
      precision: 'float32',
      metrics: {},
      provenance: {},
    },
  };
}

export async function saveTinyModel(store: ModelStore, name: string, gain?: number): Promise<StoredModel> {
  return store.save(name, tinyModel(gain));
}
