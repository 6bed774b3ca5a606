import { convolutionLayer } from '../families/convolution-layer.ts';
import { defineLayer } from '../layer.ts';

/** A convolution over time; `causal` padding looks back alone. */
export const conv1d = defineLayer(convolutionLayer('Conv1D', 1));
