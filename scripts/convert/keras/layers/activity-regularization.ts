import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** A penalty on what passes, added to the loss. */
export const activityRegularization = defineLayer(trainingOnlyLayer('ActivityRegularization'));
