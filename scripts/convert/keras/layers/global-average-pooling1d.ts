import { asKeras, type GraphBuilder, type Value } from '#onnx';
import { asFloat, defineLayer, single } from '../layer.ts';
import { type GlobalPoolingConfig, globalPool, globalPoolingConfig, globalPoolingShape } from './pooling.ts';

export const globalAveragePooling1d = defineLayer<GlobalPoolingConfig>({
  className: 'GlobalAveragePooling1D',
  summary: 'The mean of each channel over time: over the steps that a mask leaves, where there is one.',
  config: globalPoolingConfig,
  outputShape: (c, inputs) => globalPoolingShape(c, single(inputs)),
  emit: (context, c, inputs) => {
    const x = single(inputs);
    return x.mask === undefined ? globalPool(context, 'ReduceMean', c, x) : masked(context.graph, c, x, x.mask);
  },
});

function masked(graph: GraphBuilder, c: GlobalPoolingConfig, x: Value, mask: string): Value {
  const keras = asKeras(graph, x);
  const [steps, channels] = c.data_format === 'channels_last' ? [1, 2] : [2, 1];
  const kept = graph.op('Unsqueeze', [mask, graph.ints([channels])]);
  // Not a product: a step that is left out may be NaN or infinite.
  const values = graph.op('Where', [kept, keras.name, graph.float(0)]);
  const { name: count } = asFloat(graph, { ...keras, name: kept, datatype: 'bool' });
  const sum = (name: string) => graph.op('ReduceSum', [name, graph.ints([steps])], { keepdims: c.keepdims ? 1 : 0 });
  const mean = graph.op('Div', [sum(values), sum(count)]);
  return { ...keras, name: mean, shape: globalPoolingShape(c, x.shape) };
}
