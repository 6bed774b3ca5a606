import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Colours made paler at random. */
export const randomColorDegeneration = defineLayer(trainingOnlyLayer('RandomColorDegeneration'));
