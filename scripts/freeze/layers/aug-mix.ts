import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Pictures mixed with augmented ones. */
export const augMix = defineLayer(trainingOnlyLayer('AugMix'));
