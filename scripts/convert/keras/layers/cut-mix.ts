import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Parts of pictures put into others. */
export const cutMix = defineLayer(trainingOnlyLayer('CutMix'));
