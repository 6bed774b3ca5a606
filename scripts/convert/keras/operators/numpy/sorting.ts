import type { Value } from '#onnx';
import { badCall, integer, type Operand, omitted, positiveAxis } from '../operand.ts';
import { type OperatorDefinition, onKerasOrder, operator } from '../operator.ts';
import type { Tensors } from '../tensors.ts';
import { placesOf } from './places.ts';

function sorted(to: Tensors, x: Value, axis: Operand, largest: boolean) {
  const all = axis === null;
  const flat = all ? to.flat(x) : x;
  const along = all ? 0 : positiveAxis(integer(axis, 'the axis of a sort', -1), flat.shape.length, 'a sort');
  return to.sorted(flat.datatype === 'bool' ? to.cast(flat, 'int32') : flat, along, largest);
}

const falls = (direction: Operand) => {
  if (omitted(direction) || direction === 'ASCENDING') return false;
  if (direction === 'DESCENDING') return true;
  throw badCall('ASCENDING or DESCENDING', 'the direction of a sort', direction);
};

/** How many sorted numbers lie before each value. */
function searched(to: Tensors, sequence: Value, values: Value, side: string): Value {
  const wide = to.expand(values, values.shape.length);
  const before = to.compare(side === 'right' ? 'LessOrEqual' : 'Less', sequence, wide);
  return to.reduce('ReduceSum', to.cast(before, 'int32'), [values.shape.length]);
}

/** Sorting, and what is found by it. */
export const SORTING: readonly OperatorDefinition[] = [
  onKerasOrder(['TopK'], ['math.top_k', 'nn.top_k'], ['x|input', 'k', 'sorted', 'index_type'], (to, x, { k }) => {
    const [values, places] = to.sorted(x, x.shape.length - 1, true, integer(k, 'k of TopK', 1));
    return [values, to.cast(places, 'int32')];
  }),
  operator(['InTopK'], [], ['targets', 'predictions', 'k'], (to, { targets, predictions, k }) => {
    const rows = to.floats(predictions, 'the predictions of InTopK');
    const places = to.cast(to.expand(placesOf(to, targets, 'the targets of InTopK'), 1), 'int64');
    const own: Value = {
      ...rows,
      name: to.graph.op('GatherElements', [rows.name, places.name], { axis: 1 }),
      shape: [rows.shape[0] ?? null, 1],
    };
    const above = to.reduce('ReduceSum', to.cast(to.compare('Greater', rows, own), 'int32'), [1]);
    return to.compare('Less', above, integer(k, 'k of InTopK'));
  }),
  onKerasOrder(['Sort'], [], ['x', 'axis'], (to, x, { axis }) => sorted(to, x, axis, false)[0]),
  onKerasOrder(
    [],
    ['sort'],
    ['values', 'axis', 'direction'],
    (to, x, { axis, direction }) => sorted(to, x, axis, falls(direction))[0],
  ),
  onKerasOrder(['Argsort'], [], ['x', 'axis'], (to, x, { axis }) => to.cast(sorted(to, x, axis, false)[1], 'int32')),
  onKerasOrder([], ['argsort'], ['values', 'axis', 'direction', 'stable'], (to, x, { axis, direction }) =>
    to.cast(sorted(to, x, axis, falls(direction))[1], 'int32'),
  ),
  operator(['SearchSorted'], [], ['sorted_sequence', 'values', 'side'], (to, { sorted_sequence, values, side }) =>
    searched(
      to,
      to.of(sorted_sequence, 'a sorted sequence', 'float32'),
      to.of(values, 'values to search', 'float32'),
      String(side ?? 'left'),
    ),
  ),
  operator(['Digitize'], [], ['x', 'bins'], (to, { x, bins }) =>
    searched(to, to.floats(bins, 'the bins of Digitize'), to.floats(x, 'the operand of Digitize'), 'right'),
  ),
];
