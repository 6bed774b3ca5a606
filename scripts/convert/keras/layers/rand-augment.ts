import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random augmentations in a row. */
export const randAugment = defineLayer(trainingOnlyLayer('RandAugment'));
