import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random brightness, contrast, saturation and hue. */
export const randomColorJitter = defineLayer(trainingOnlyLayer('RandomColorJitter'));
