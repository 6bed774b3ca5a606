import { defineLayer, single } from '../layer.ts';
import { type GlobalPoolingConfig, globalPool, globalPoolingConfig, globalPoolingShape } from '../pooling.ts';

/** The largest value of each channel over height and width. */
export const globalMaxPooling2d = defineLayer<GlobalPoolingConfig>({
  className: 'GlobalMaxPooling2D',
  config: globalPoolingConfig,
  outputShape: (c, inputs) => globalPoolingShape(c, single(inputs)),
  emit: (context, c, inputs) => globalPool(context, 'ReduceMax', c, single(inputs)),
});
