import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random brightness, contrast, saturation and hue. */
export const randomColorJitter = defineLayer(trainingOnlyLayer('RandomColorJitter'));
