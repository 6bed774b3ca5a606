import * as z from 'zod';
import { ImportError, MAX_JSON_BYTES, parseJson } from '#guards';
import { asWritten, type Tensor } from '#keras';
import { modelOf, type PlannedConfig, planConfig } from '../../config/planned-config.ts';
import { readJsonConfig } from '../../config/read-config.ts';
import { findKerasParts, type KerasParts, withHdf5 } from '../../find-models.ts';
import type { ImportedKerasModel } from '../../format-reader.ts';
import { hdf5Weights } from '../../named-weights/hdf5-weights.ts';
import { positionalWeights } from '../../named-weights/positional.ts';
import type { Source } from '../../source.ts';
import { withShards } from './shards.ts';

const metadataSchema = z.looseObject({ keras_version: z.string() });

/** The version of Keras that wrote a `.keras` archive; '' where it does not say. Undefined for what is not one. */
export async function archiveVersion(source: Source): Promise<string | undefined> {
  const parts = await findKerasParts(source);
  if (!parts) return undefined;
  try {
    return await versionOf(parts);
  } finally {
    await parts.close();
  }
}

/**
 * A `.keras` archive: config.json, metadata.json, model.weights.h5. Keras 2.13 to 2.15 wrote the same as Keras 3, apart
 * from how configs are spelt.
 * @throws ImportError
 */
export async function readArchive(source: Source, format: string): Promise<ImportedKerasModel> {
  const parts = await findKerasParts(source);
  if (!parts) throw new ImportError('file-damaged', `${source.path} has no config.json beside its weights.`);
  try {
    const version = await versionOf(parts);
    const written = readJsonConfig(await parts.source.read(parts.config, MAX_JSON_BYTES), 'config.json');
    const planned = planConfig(asWritten(written, version));
    const weights = await weightsOf(parts, planned);
    const framework = version === '' ? {} : { framework: `keras ${version}` };
    return { kind: 'keras', format, ...framework, notes: [], ...modelOf(planned, weights) };
  } finally {
    await parts.close();
  }
}

async function versionOf(parts: KerasParts): Promise<string> {
  if (parts.metadata === undefined) return '';
  const json = parseJson(await parts.source.read(parts.metadata, MAX_JSON_BYTES), 'metadata.json');
  const parsed = metadataSchema.safeParse(json);
  return parsed.success ? parsed.data.keras_version : '';
}

async function weightsOf({ source, weights }: KerasParts, planned: PlannedConfig): Promise<Map<string, Tensor>> {
  if (weights === undefined) {
    throw new ImportError('file-damaged', 'The archive has no model.weights.h5.', {
      remedy: 'Save the model again; a .keras file holds its weights.',
    });
  }
  if (weights.endsWith('.npz')) {
    throw new ImportError('file-hostile', `${weights} may hold pickled Python, which runs when it is loaded.`, {
      remedy: 'Do not load this file. Keras writes model.weights.h5: save the model again where you trust it.',
    });
  }
  if (weights.endsWith('.json')) return withShards(source, weights, (file) => positionalWeights(planned, file));
  return withHdf5(source, weights, (file) => hdf5Weights(planned, file));
}
