import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Colours made paler at random. */
export const randomColorDegeneration = defineLayer(trainingOnlyLayer('RandomColorDegeneration'));
