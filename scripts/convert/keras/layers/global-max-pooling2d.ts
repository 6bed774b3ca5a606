import { memoryAxis, renamed } from '#onnx';
import { globalPoolBack, indicator } from '#train';
import {
  type GlobalPoolingConfig,
  globalPool,
  globalPoolingConfig,
  globalPoolingShape,
  spatialAxes,
} from '../families/pooling.ts';
import { defineLayer, single } from '../layer.ts';

/** The largest value of each channel over height and width. */
export const globalMaxPooling2d = defineLayer<GlobalPoolingConfig>({
  className: 'GlobalMaxPooling2D',
  config: globalPoolingConfig,
  outputShape: (c, inputs) => globalPoolingShape(c, single(inputs)),
  emit: (context, c, inputs) => globalPool(context, 'ReduceMax', c, single(inputs)),
  training: {
    // Equal largest cells share, as in TensorFlow.
    backward: ({ graph }, c, { inputs, output }, gradient) => {
      const x = single(inputs);
      const won = indicator(graph, graph.op('Equal', [x.name, globalPoolBack(graph, c, x, output)]));
      const axes = graph.ints(spatialAxes(x.shape.length, c).map((axis) => memoryAxis(x, axis)));
      const winners = graph.op('ReduceSum', [won, axes], { keepdims: 1 });
      const share = graph.op('Div', [globalPoolBack(graph, c, x, gradient), winners]);
      return { inputs: [renamed(x, graph.op('Mul', [won, share]))], weights: {} };
    },
  },
});
