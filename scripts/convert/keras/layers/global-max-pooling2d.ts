import { type GlobalPoolingConfig, globalPool, globalPoolingConfig, globalPoolingShape } from '../families/pooling.ts';
import { defineLayer, single } from '../layer.ts';

/** The largest value of each channel over height and width. */
export const globalMaxPooling2d = defineLayer<GlobalPoolingConfig>({
  className: 'GlobalMaxPooling2D',
  config: globalPoolingConfig,
  outputShape: (c, inputs) => globalPoolingShape(c, single(inputs)),
  emit: (context, c, inputs) => globalPool(context, 'ReduceMax', c, single(inputs)),
});
