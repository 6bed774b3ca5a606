import { type GlobalPoolingConfig, globalPool, globalPoolingConfig, globalPoolingShape } from '../families/pooling.ts';
import { defineLayer, single } from '../layer.ts';

/** The mean of each channel over height and width. */
export const globalAveragePooling2d = defineLayer<GlobalPoolingConfig>({
  className: 'GlobalAveragePooling2D',
  config: globalPoolingConfig,
  outputShape: (c, inputs) => globalPoolingShape(c, single(inputs)),
  emit: (context, c, inputs) => globalPool(context, 'ReduceMean', c, single(inputs)),
});
