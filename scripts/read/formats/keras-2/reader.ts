import type { FormatReader } from '../../format-reader.ts';
import { archiveVersion, readArchive } from '../keras-3/read-archive.ts';

/** `.keras` as Keras 2.12 to 2.15 (and tf_keras) writes it. */
export const keras2Reader: FormatReader = {
  format: 'keras-2',
  title: 'Keras 2 (.keras)',
  recognises: async (source) => (await archiveVersion(source))?.startsWith('2.') ?? false,
  read: (source) => readArchive(source, 'keras-2'),
};
