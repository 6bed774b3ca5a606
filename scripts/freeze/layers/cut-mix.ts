import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Parts of pictures put into others. */
export const cutMix = defineLayer(trainingOnlyLayer('CutMix'));
