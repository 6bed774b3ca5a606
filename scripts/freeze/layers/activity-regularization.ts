import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** A penalty on what passes, added to the loss. */
export const activityRegularization = defineLayer(trainingOnlyLayer('ActivityRegularization'));
