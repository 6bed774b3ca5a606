import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random augmentations in a row. */
export const randAugment = defineLayer(trainingOnlyLayer('RandAugment'));
