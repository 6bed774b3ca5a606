import { arrayOf, countOf, shapeOf } from '../arrays/ndarray.ts';
import { damaged } from '../errors.ts';
import type { Machine } from './machine.ts';
import { isKind, type PickleValue, type PyObject } from './values.ts';

/**
 * joblib's arrays: the bytes follow the place holder in the stream, after one byte that says how much padding there is
 * (joblib 1.2 and later). An array of objects is a whole pickle there.
 */
export function readInlineArray(m: Machine, wrapper: PyObject): PickleValue {
  if (m.nested) return m.refuse('an array of joblib in an array of joblib');
  const { position } = m;
  const state = isKind(wrapper.state, 'dict') ? wrapper.state.entries : new Map<PickleValue, PickleValue>();
  const dtype = state.get('dtype');
  if (isKind(dtype, 'refused')) return dtype;
  if (!isKind(dtype, 'dtype')) throw damaged('an array of joblib has no dtype', position);
  const shape = shapeOf(state.get('shape'), position);
  if (dtype.code === 'O') {
    const array = m.inner();
    m.cursor.opcode = position;
    if (!isKind(array, 'ndarray') && !isKind(array, 'refused'))
      throw damaged('an array of joblib is no array', position);
    return array;
  }
  const alignment = state.get('numpy_array_alignment_bytes');
  if (alignment !== undefined && alignment !== null) m.cursor.take(m.cursor.uint8('padding'), 'padding');
  const raw = m.cursor.take(countOf(shape) * dtype.size, 'an array');
  return arrayOf(dtype, shape, state.get('order') === 'F', raw, position);
}
