import { posix } from 'node:path';
import { ImportError } from '#guards';
import type { Source } from '../../source.ts';
import type { Project } from './metadata.ts';

const KERAS = 'In Teachable Machine: Export Model, tab Tensorflow, Keras, Download my model; give the zip.';

/** Exports of Teachable Machine that hold no network that is read here. */
export interface OtherExport {
  readonly what: string;
  readonly remedy: string;
}

export const PROJECTS: Record<Exclude<Project, 'picture'>, OtherExport> = {
  audio: {
    what: 'an audio project of Teachable Machine: its model hears spectrograms, which no request here holds',
    remedy: 'Image projects can be imported. Export one as Tensorflow > Keras or as Tensorflow.js > Download.',
  },
  pose: {
    what: 'a pose project of Teachable Machine: its model wants the answers of PoseNet, which is not in the export',
    remedy: 'Image projects can be imported. Export one as Tensorflow > Keras or as Tensorflow.js > Download.',
  },
};

/** A SavedModel. Teachable Machine puts it beside the same labels.txt. */
export async function findOtherExport(source: Source): Promise<OtherExport | undefined> {
  // Beside a model that can be read they do no harm.
  if (source.entries.some(({ name }) => /\.(h5|hdf5|keras|onnx|tflite)$/i.test(name))) return undefined;
  for (const { name } of source.entries) {
    if (posix.basename(name) === 'saved_model.pb') {
      return { what: `a SavedModel (${name}): it holds TensorFlow’s own program, not layers`, remedy: KERAS };
    }
  }
  return undefined;
}

export function refuse({ what, remedy }: OtherExport, source: Source): ImportError {
  return new ImportError('format-unknown', `${source.path} is ${what}.`, { remedy });
}
