import { fixed, renamed } from '#onnx';
import { globalPoolBack } from '#train';
import {
  type GlobalPoolingConfig,
  globalPool,
  globalPoolingConfig,
  globalPoolingShape,
  spatialAxes,
} from '../families/pooling.ts';
import { defineLayer, single } from '../layer.ts';

/** The mean of each channel over height and width. */
export const globalAveragePooling2d = defineLayer<GlobalPoolingConfig>({
  className: 'GlobalAveragePooling2D',
  config: globalPoolingConfig,
  outputShape: (c, inputs) => globalPoolingShape(c, single(inputs)),
  emit: (context, c, inputs) => globalPool(context, 'ReduceMean', c, single(inputs)),
  training: {
    backward: ({ graph }, c, { inputs }, gradient) => {
      const x = single(inputs);
      const cells = spatialAxes(x.shape.length, c).reduce((product, axis) => product * fixed(x.shape, axis), 1);
      const share = graph.op('Div', [globalPoolBack(graph, c, x, gradient), graph.float(cells)]);
      return { inputs: [renamed(x, graph.op('Expand', [share, graph.op('Shape', [x.name])]))], weights: {} };
    },
  },
});
