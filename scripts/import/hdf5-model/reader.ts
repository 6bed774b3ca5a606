import { hdf5Entries, several } from '../find-archives.ts';
import type { FormatReader } from '../format-reader.ts';
import { type Hdf5File, openHdf5 } from '../hdf5/open-hdf5.ts';
import { ImportError } from '../import-error.ts';
import type { ImportedKerasModel } from '../imported-model.ts';
import { legacyWeights } from '../named-weights/legacy.ts';
import { readJsonConfig } from '../read-config.ts';
import type { Source } from '../source.ts';

/** Whole models in legacy HDF5 (`model.save('x.h5')`), by any Keras from 1 to 3: config and weights in one file. */
export const hdf5ModelReader: FormatReader = {
  format: 'keras-hdf5',
  title: 'Keras, legacy HDF5 (.h5, .hdf5)',
  recognises: async (source) => (await wholeModels(source)).length > 0,
  read: async (source) => {
    const found = await wholeModels(source);
    const [only] = found;
    if (only === undefined) throw new ImportError('file-damaged', `${source.path} holds no whole model.`);
    if (found.length > 1) throw several(source, found);
    return withFile(source, only, (file) => readHdf5Model(file));
  },
};

/** @throws ImportError */
export function readHdf5Model(file: Hdf5File): ImportedKerasModel {
  const config = readJsonConfig(text(file, '', 'model_config') ?? '', 'model_config');
  // Keras 1 wrote the layers at the root; every later one below model_weights.
  const group = file.kind('model_weights') === 'group' ? 'model_weights' : '';
  const weights = legacyWeights(config, file, group);
  const version = text(file, '', 'keras_version') ?? text(file, group, 'keras_version');
  const framework = version === undefined ? {} : { framework: `keras ${version}` };
  return { kind: 'keras', format: 'keras-hdf5', ...framework, notes: [], model: { config, weights } };
}

async function wholeModels(source: Source): Promise<string[]> {
  const found: string[] = [];
  for (const name of await hdf5Entries(source)) {
    if (await withFile(source, name, (file) => text(file, '', 'model_config') !== undefined)) found.push(name);
  }
  return found;
}

async function withFile<T>(source: Source, name: string, read: (file: Hdf5File) => T): Promise<T> {
  const file = await openHdf5(await source.read(name), name);
  try {
    return read(file);
  } finally {
    await file.close();
  }
}

/** An attribute of text; h5py keeps a single one as a scalar, others as a list of one. */
function text(file: Hdf5File, path: string, name: string): string | undefined {
  const value = file.attribute(path, name);
  const first = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}
