import { type PaddingConfig, zeroPaddingLayer } from '../families/border-layers.ts';
import { crop, onAllAxes } from '../families/borders.ts';
import { defineLayer } from '../layer.ts';

/** Zeros around each picture. */
export const zeroPadding2d = defineLayer<PaddingConfig>({
  ...zeroPaddingLayer('ZeroPadding2D', 2),
  training: {
    backward: ({ graph }, c, _, gradient) => ({
      inputs: [crop(graph, gradient, onAllAxes(c.padding, c.data_format))],
      weights: {},
    }),
  },
});
