import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random shears. */
export const randomShear = defineLayer(trainingOnlyLayer('RandomShear'));
