import { ImportError } from '#guards';
import { modelOf, planConfig } from '../../config/planned-config.ts';
import type { FormatReader, ImportedKerasModel } from '../../format-reader.ts';
import { type Source, withSiblings } from '../../source.ts';
import { readWeights } from './decode-weights.ts';
import { kerasConfig } from './keras-config.ts';
import { findModelJson, type ModelJson } from './model-json.ts';
import { nameWeights } from './name-weights.ts';
import { parseWeightsManifest, shardEntry } from './weights-manifest.ts';

/** TensorFlow.js Layers: a Keras config and its weights in shards, written by `model.save()` or by the Python converter. */
export const tfjsLayersReader = {
  format: 'tfjs-layers',
  title: 'TensorFlow.js Layers (model.json and its weights)',
  recognises: async (source) => (await findModelJson(source))?.kind === 'layers',
  read: readTfjsLayers,
} as const satisfies FormatReader;

/** @throws ImportError */
export async function readTfjsLayers(source: Source): Promise<ImportedKerasModel> {
  const model = await findModelJson(source);
  if (!model) throw new ImportError('format-unknown', `There is no model.json of TensorFlow.js in ${source.path}`);
  const { config, framework } = kerasConfig(model);
  const planned = planConfig(config, 'The config in model.json');
  const weights = nameWeights(planned, await readWeights(await withShards(source, model), model));
  return {
    kind: 'keras',
    format: tfjsLayersReader.format,
    ...(framework ? { framework } : {}),
    ...modelOf(planned, weights),
    notes: [],
  };
}

/** Of a bare `model.json`, the shards beside it. */
export function withShards(source: Source, { json, entry, folder }: ModelJson): Promise<Source> {
  const paths = parseWeightsManifest(json.weightsManifest, entry).flatMap(({ paths }) => paths);
  return withSiblings(
    source,
    paths.map((path) => shardEntry(folder, path)),
  );
}
