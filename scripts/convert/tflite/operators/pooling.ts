import { fromImage, maxPoolAttributes, toImage, windowAttributes } from '#onnx';
import { given, type Operand } from '../../tensorflow/operand.ts';
import { flag, type LiteConverter, type LiteEmission, option } from '../emission.ts';
import { picture, windowOf } from './convolution.ts';

function pooled(e: LiteEmission, type: 'MaxPool' | 'AveragePool'): Operand {
  const x = picture(e);
  const kernel = [option(e.operator, 'filter_h'), option(e.operator, 'filter_w')];
  const { attributes, sides } = windowOf(e, x, kernel, type === 'MaxPool' ? maxPoolAttributes : windowAttributes);
  const extra = type === 'AveragePool' ? { count_include_pad: 0 } : {};
  const name = e.graph.op(type, [toImage(e.graph, x, 'channels_last')], { ...attributes, ...extra });
  const shape = [x.shape[0] ?? null, ...sides, x.shape[3] ?? null];
  return given({ ...fromImage(name, shape, 'channels_last'), datatype: x.datatype });
}

/** TensorFlow's reductions over the axes that the second input names. */
const REDUCTIONS: Readonly<Record<string, string>> = { MEAN: 'Mean', SUM: 'Sum' };

export const POOLING: readonly LiteConverter[] = [
  { ops: ['AVERAGE_POOL_2D'], emit: (e) => pooled(e, 'AveragePool') },
  { ops: ['MAX_POOL_2D'], keeps: true, emit: (e) => pooled(e, 'MaxPool') },
  ...Object.entries(REDUCTIONS).map(
    ([op, tensorflow]): LiteConverter => ({
      ops: [op],
      emit: (e) =>
        e.tensorflow(tensorflow, [e.input(0), e.input(1)], { keep_dims: flag(option(e.operator, 'keep_dims')) }),
    }),
  ),
];
