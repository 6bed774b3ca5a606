import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random shears. */
export const randomShear = defineLayer(trainingOnlyLayer('RandomShear'));
