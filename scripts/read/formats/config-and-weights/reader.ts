import { ImportError } from '#guards';
import { asWritten, type Tensor } from '#keras';
import { modelOf, type PlannedConfig, planConfig } from '../../config/planned-config.ts';
import { readConfig } from '../../config/read-config.ts';
import { isKerasArchive, withHdf5 } from '../../find-models.ts';
import type { FormatReader, ImportedKerasModel } from '../../format-reader.ts';
import { hdf5Weights } from '../../named-weights/hdf5-weights.ts';
import { positionalWeights } from '../../named-weights/positional.ts';
import type { Source } from '../../source.ts';
import { withShards } from '../keras-3/shards.ts';
import { type ConfigAndWeights, findConfigAndWeights } from './find.ts';

/** A model's config (`to_json()`) and its weights (`save_weights()`) in files of their own, by Keras 2 or 3. */
export const configAndWeightsReader: FormatReader = {
  format: 'keras-config-and-weights',
  title: 'Keras config and weights (model.json beside *.weights.h5)',
  recognises: async (source) => {
    if (isKerasArchive(source)) return false;
    const { configs, weights } = await findConfigAndWeights(source);
    return configs.length > 0 || weights.length > 0;
  },
  read: async (source) => {
    const found = await findConfigAndWeights(source);
    const [config, weights] = [only(source, found, 'configs'), only(source, found, 'weights')];
    const planned = planConfig(asWritten(readConfig(config.json, config.name), config.version));
    const framework = config.version === undefined ? {} : { framework: `keras ${config.version}` };
    return {
      kind: 'keras',
      format: 'keras-config-and-weights',
      ...framework,
      notes: [`The config is ${config.name}, the weights are ${weights}.`],
      ...modelOf(planned, await readWeights(found.source, weights, planned)),
    } satisfies ImportedKerasModel;
  },
};

async function readWeights(source: Source, name: string, planned: PlannedConfig): Promise<Map<string, Tensor>> {
  return /\.json$/i.test(name)
    ? withShards(source, name, (file) => positionalWeights(planned, file))
    : withHdf5(source, name, (file) => hdf5Weights(planned, file));
}

/** @throws ImportError `weights-only`, `bad-weights` for a config alone, `format-unknown` for several of a kind */
function only<K extends 'configs' | 'weights'>(
  source: Source,
  found: ConfigAndWeights,
  kind: K,
): ConfigAndWeights[K][number] {
  const [first, second] = found[kind];
  if (first !== undefined && second === undefined) return first as ConfigAndWeights[K][number];
  if (first !== undefined) {
    const names = found[kind].map((item) => (typeof item === 'string' ? item : item.name));
    throw new ImportError('format-unknown', `${source.path} holds several ${kind}: ${names.slice(0, 8).join(', ')}.`, {
      details: { found: names.slice(0, 100) },
      remedy: 'Give a folder that holds one config and its weights.',
    });
  }
  if (kind === 'configs') {
    throw new ImportError(
      'weights-only',
      `${found.weights[0]} holds weights alone, without the model they belong to.`,
      {
        details: { weights: found.weights },
        remedy:
          "Put the model's config beside it and give the folder (in Python: open('model.json', 'w').write(model.to_json())), or save the whole model: model.save('model.keras').",
      },
    );
  }
  throw new ImportError('bad-weights', `${found.configs[0]?.name} is a model's config, without its weights.`, {
    remedy:
      "Put the weights beside it and give the folder (in Python: model.save_weights('model.weights.h5')), or save the whole model: model.save('model.keras').",
  });
}
