import { ImportError } from '#guards';
import { asWritten } from '#keras';
import { modelOf, planConfig } from '../../config/planned-config.ts';
import { readJsonConfig } from '../../config/read-config.ts';
import type { Hdf5File } from '../../containers/hdf5/open-hdf5.ts';
import { hdf5Entries, hdf5Text, several, withHdf5 } from '../../find-models.ts';
import type { FormatReader, ImportedKerasModel } from '../../format-reader.ts';
import { hdf5Weights } from '../../named-weights/hdf5-weights.ts';
import type { Source } from '../../source.ts';

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
    return withHdf5(source, only, readHdf5Model);
  },
};

/** @throws ImportError */
function readHdf5Model(file: Hdf5File): ImportedKerasModel {
  const version = hdf5Text(file, '', 'keras_version') ?? hdf5Text(file, 'model_weights', 'keras_version');
  const written = readJsonConfig(hdf5Text(file, '', 'model_config') ?? '', 'model_config');
  const planned = planConfig(asWritten(written, version));
  const weights = hdf5Weights(planned, file);
  const framework = version === undefined ? {} : { framework: `keras ${version}` };
  return { kind: 'keras', format: 'keras-hdf5', ...framework, notes: [], ...modelOf(planned, weights) };
}

async function wholeModels(source: Source): Promise<string[]> {
  return (await hdf5Entries(source)).filter(({ holds }) => holds === 'model').map(({ name }) => name);
}
