import type { Value } from '#onnx';
import { badCall, integer, integers, omitted } from '../operand.ts';
import { type OperatorDefinition, onKerasOrder } from '../operator.ts';

/** TensorFlow's parts of a tensor, with bits for what Python's brackets leave out. */
export const stridedSlice: OperatorDefinition = onKerasOrder(
  [],
  ['strided_slice'],
  [
    'input_',
    'begin',
    'end',
    'strides',
    'begin_mask',
    'end_mask',
    'ellipsis_mask',
    'new_axis_mask',
    'shrink_axis_mask',
    'var',
  ],
  (to, x, given) => {
    const mask = (name: string) => integer(given[name], name, 0);
    if (mask('ellipsis_mask') + mask('new_axis_mask') > 0)
      throw badCall('no ellipsis', 'strided_slice', given.ellipsis_mask);
    const [begin, end] = [integers(given.begin, 'begin'), integers(given.end, 'end')];
    const strides = omitted(given.strides) ? begin.map(() => 1) : integers(given.strides, 'strides');
    return begin.reduceRight<Value>((y, _, axis) => {
      const bit = 1 << axis;
      const [free, open] = [(mask('begin_mask') & bit) > 0, (mask('end_mask') & bit) > 0];
      const step = strides[axis] as number;
      if (free && open && step === 1) return y;
      const size = y.shape[axis] ?? null;
      if (mask('shrink_axis_mask') & bit) return to.cell(y, begin[axis] as number, axis);
      if (size === null) throw badCall('an axis of fixed size', 'strided_slice', y.shape);
      const clamp = (place: number, low: number, high: number) =>
        Math.min(Math.max(place < 0 ? place + size : place, low), high);
      const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
      const from = free ? (step > 0 ? 0 : size - 1) : clamp(begin[axis] as number, low, high);
      const until = open ? (step > 0 ? size : -1) : clamp(end[axis] as number, low, high);
      const places = Array.from({ length: Math.max(0, Math.ceil((until - from) / step)) }, (__, i) => from + i * step);
      return to.gather(y, places, axis);
    }, x);
  },
);
