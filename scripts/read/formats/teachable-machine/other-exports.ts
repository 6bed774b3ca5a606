import type { Refusal } from '../../foreign.ts';
import type { Project } from './metadata.ts';

/** Exports of Teachable Machine that hold no network that is read here. */
export const PROJECTS: Record<Exclude<Project, 'picture'>, Refusal> = {
  audio: {
    what: 'an audio project of Teachable Machine: its model hears spectrograms, which no request here holds',
    remedy: 'Image projects can be imported. Export one as Tensorflow > Keras or as Tensorflow.js > Download.',
  },
  pose: {
    what: 'a pose project of Teachable Machine: its model wants the answers of PoseNet, which is not in the export',
    remedy: 'Image projects can be imported. Export one as Tensorflow > Keras or as Tensorflow.js > Download.',
  },
};
