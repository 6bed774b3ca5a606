import { type PoolingConfig, pool, poolingConfig, poolingShape } from '../families/pooling.ts';
import { defineLayer, single } from '../layer.ts';

/** The largest value of each window. Padding never wins: ONNX, like TensorFlow, pads with minus infinity. */
export const maxPooling2d = defineLayer<PoolingConfig>({
  className: 'MaxPooling2D',
  config: poolingConfig(2),
  outputShape: (c, inputs) => poolingShape(c, single(inputs)),
  emit: (context, c, inputs) => pool(context, 'MaxPool', c, single(inputs)),
});
