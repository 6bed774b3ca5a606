import type { FormatReader } from '../../format-reader.ts';
import { archiveVersion, readArchive } from './read-archive.ts';

/** `.keras` as Keras 3 writes it: a zip, or that zip unpacked into a folder. */
export const keras3Reader: FormatReader = {
  format: 'keras-3',
  title: 'Keras 3 (.keras)',
  recognises: async (source) => {
    const version = await archiveVersion(source);
    return version !== undefined && !version.startsWith('2.');
  },
  read: (source) => readArchive(source, 'keras-3'),
};
