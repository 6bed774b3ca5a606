import { type PoolingConfig, pool, poolingConfig, poolingShape } from '../families/pooling.ts';
import { defineLayer, single } from '../layer.ts';

/** The mean of each window over the cells that are inside the picture: TensorFlow does not count padding. */
export const averagePooling2d = defineLayer<PoolingConfig>({
  className: 'AveragePooling2D',
  config: poolingConfig(2),
  outputShape: (c, inputs) => poolingShape(c, single(inputs)),
  emit: (context, c, inputs) => pool(context, 'AveragePool', c, single(inputs)),
});
