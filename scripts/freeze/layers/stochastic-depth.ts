import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Residual paths left out at random: the layer of `keras.applications`' ConvNeXt. */
export const stochasticDepth = defineLayer(trainingOnlyLayer('StochasticDepth'));
