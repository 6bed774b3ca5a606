import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Residual paths left out at random: the layer of `keras.applications`' ConvNeXt. */
export const stochasticDepth = defineLayer(trainingOnlyLayer('StochasticDepth'));
