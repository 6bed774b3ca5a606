import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Pictures mixed with augmented ones. */
export const augMix = defineLayer(trainingOnlyLayer('AugMix'));
