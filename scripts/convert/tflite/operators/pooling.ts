import { DATATYPE_NUMBERS, fromImage, maxPoolAttributes, toImage, windowAttributes } from '#onnx';
import { given, type Operand } from '../../tensorflow/operand.ts';
import { flag, type LiteConverter, type LiteEmission, option } from '../emission.ts';
import { picture, windowOf } from './convolution.ts';

function pooled(e: LiteEmission, type: 'MaxPool' | 'AveragePool'): Operand {
  const x = picture(e);
  const kernel = [option(e.operator, 'filter_h'), option(e.operator, 'filter_w')];
  const { attributes, sides } = windowOf(e, x, kernel, type === 'MaxPool' ? maxPoolAttributes : windowAttributes);
  const shape = [x.shape[0] ?? null, ...sides, x.shape[3] ?? null];
  const image = toImage(e.graph, x, 'channels_last');
  const result = (name: string) => given({ ...fromImage(name, shape, 'channels_last'), datatype: x.datatype });
  if (type === 'MaxPool') return result(e.graph.op(type, [image], attributes));
  const average = (name: string) => e.graph.op(type, [name], { ...attributes, count_include_pad: 0 });
  if (x.datatype === 'float32') return result(average(image));
  return result(rounded(e, average(e.graph.op('Cast', [image], { to: DATATYPE_NUMBERS.float32 }))));
}

/** Above what float32 leaves of a half, and below half of the smallest share that a window of 4,000 cells has. */
const NEARLY = 1e-4;

/**
 * An average of stored numbers as it is stored: a half goes away from the zero of the file's numbers, which are int8 or
 * uint8. It is met often: by each second average of two.
 */
function rounded({ graph, outputs }: LiteEmission, name: string): string {
  const zero = outputs[0]?.type === 'INT8' ? 128 : 0;
  const own = zero === 0 ? name : graph.op('Sub', [name, graph.float(zero)]);
  const size = graph.op('Floor', [graph.op('Add', [graph.op('Abs', [own]), graph.float(0.5 + NEARLY)])]);
  const signed =
    zero === 0 ? size : graph.op('Add', [graph.op('Mul', [graph.op('Sign', [own]), size]), graph.float(zero)]);
  return graph.op('Cast', [signed], { to: DATATYPE_NUMBERS.uint8 });
}

/** TensorFlow's reductions over the axes that the second input names. */
const REDUCTIONS: Readonly<Record<string, string>> = {
  MEAN: 'Mean',
  SUM: 'Sum',
  REDUCE_MAX: 'Max',
  REDUCE_MIN: 'Min',
  REDUCE_PROD: 'Prod',
};

/** Where the largest or smallest number is; the second input is an axis. */
const PLACES: Readonly<Record<string, string>> = { ARG_MAX: 'ArgMax', ARG_MIN: 'ArgMin' };

export const POOLING: readonly LiteConverter[] = [
  { ops: ['AVERAGE_POOL_2D'], keeps: true, emit: (e) => pooled(e, 'AveragePool') },
  { ops: ['MAX_POOL_2D'], keeps: true, emit: (e) => pooled(e, 'MaxPool') },
  ...Object.entries(REDUCTIONS).map(
    ([op, tensorflow]): LiteConverter => ({
      ops: [op],
      emit: (e) =>
        e.tensorflow(tensorflow, [e.input(0), e.input(1)], { keep_dims: flag(option(e.operator, 'keep_dims')) }),
    }),
  ),
  ...Object.entries(PLACES).map(
    ([op, tensorflow]): LiteConverter => ({
      ops: [op],
      emit: (e) => e.tensorflow(tensorflow, [e.input(0), e.input(1)]),
    }),
  ),
];
