import { buildDType } from '../arrays/dtype.ts';
import { arrayOf, shapeOf } from '../arrays/ndarray.ts';
import { rawBytes } from '../callables/numpy.ts';
import { ARRAY_WRAPPER } from '../callables/scikit-learn.ts';
import { damaged } from '../errors.ts';
import { SLOT } from '../limits.ts';
import { readInlineArray } from './inline-array.ts';
import type { Machine } from './machine.ts';
import { describeValue, isKind, itemsOf, type NdArray, type PickleValue, type PyObject } from './values.ts';

/** BUILD: gives an instance its attributes, and numpy's arrays and dtypes their content. */
export function build(m: Machine): void {
  const state = m.pop();
  const target = m.top();
  if (isKind(target, 'refused')) return;
  if (isKind(state, 'refused')) m.replaceTop(state);
  else if (isKind(target, 'ndarray')) buildArray(target, state, m);
  else if (isKind(target, 'dtype')) buildDType(target, state, m.refusals, m.position);
  else if (isKind(target, 'object')) buildObject(target, state, m);
  else throw damaged(`it gives attributes to ${describeValue(target)}`, m.position);
}

function buildObject(target: PyObject, state: PickleValue, m: Machine): void {
  target.state = state;
  if (ARRAY_WRAPPER.test(target.type)) m.replaceTop(readInlineArray(m, target));
}

/** `(version, shape, dtype, is it column-major, content)`; numpy 1.0 left the version out. */
function buildArray(array: NdArray, state: PickleValue, m: Machine): void {
  const items = itemsOf(state);
  const [shape, dtype, fortran, content] = (items?.length === 4 ? items : items?.slice(1, 5)) ?? [];
  if (isKind(dtype, 'refused')) return;
  if (typeof content === 'string') m.charge(content.length);
  const values = isKind(content, 'list') ? content.items : rawBytes(content);
  if (isKind(content, 'list')) m.charge(content.items.length * SLOT);
  if (!isKind(dtype, 'dtype') || !values) throw damaged('an array has a state of another form', m.position);
  Object.assign(array, arrayOf(dtype, shapeOf(shape, m.position), Boolean(fortran), values, m.position));
}
