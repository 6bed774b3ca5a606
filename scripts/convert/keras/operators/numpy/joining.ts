import type { Value } from '#onnx';
import {
  axisOf,
  badCall,
  datatypeNamed,
  integer,
  integers,
  numberIn,
  type Operand,
  omitted,
  positiveAxis,
} from '../operand.ts';
import { type OperatorDefinition, onKerasOrder, operator } from '../operator.ts';
import { fixedSize, type Tensors } from '../tensors.ts';

/** At least so many axes, as NumPy adds them. */
function atLeast(to: Tensors, x: Value, rank: number): Value {
  if (x.shape.length >= rank) return x;
  if (rank === 2) return to.expand(x, 0);
  const flat = atLeast(to, x, 2);
  return flat.shape.length >= 3 ? flat : to.expand(flat, 2);
}

function joining(name: string, axisFor: (rank: number) => number, rank: number): OperatorDefinition {
  return operator([name], [], ['xs'], (to, { xs }) => {
    const parts = to
      .alike(Array.isArray(xs) ? xs : [xs], `an operand of ${name}`, 'float32')
      .map((part) => atLeast(to, part, rank));
    return to.concat(parts, axisFor((parts[0] as Value).shape.length));
  });
}

/** Equal parts, or NumPy's places to cut at; the first of unequal parts are the longer ones where that is allowed. */
function cut(to: Tensors, x: Value, sections: Operand, axis: number, unequal: boolean): Value[] {
  const size = fixedSize(x, axis, 'a split');
  const given = integers(sections, 'the sections of a split');
  const count = given[0] as number;
  if (!Array.isArray(sections) && !unequal && size % count !== 0)
    throw badCall(`a divisor of ${size}`, 'a split', count);
  const ends = Array.isArray(sections)
    ? [...given, size]
    : Array.from({ length: count }, (_, i) => (i + 1) * Math.floor(size / count) + Math.min(i + 1, size % count));
  return ends.map((end, i) => to.slice(x, axis, i === 0 ? 0 : (ends[i - 1] as number), end));
}

function splitting(name: string, axisFor: (rank: number) => number): OperatorDefinition {
  return onKerasOrder([name], [], ['x', 'indices_or_sections'], (to, x, { indices_or_sections }) =>
    cut(to, x, indices_or_sections, axisFor(x.shape.length), false),
  );
}

function flipping(name: string, axis: number): OperatorDefinition {
  return onKerasOrder([name], [], ['x'], (to, x) => to.reversed(x, [axis]));
}

function floatsAlone(dtype: Operand, where: string): void {
  const floats = omitted(dtype) || datatypeNamed(dtype) === 'float32';
  if (!floats) throw badCall('float32', `the dtype of ${where}`, dtype);
}

/** Numbers in even steps between two tensors, along a new axis. */
function between(to: Tensors, start: Operand, stop: Operand, num: Operand, endpoint: Operand, axis: Operand): Value {
  const [a, b] = [to.floats(start, 'the start'), to.floats(stop, 'the end')];
  const count = integer(num, 'num', 50);
  const last = endpoint === false ? count : Math.max(count - 1, 1);
  const range = to.subtract(b, a);
  const at = positiveAxis(integer(axis, 'the axis', 0), range.shape.length + 1, 'a range');
  const shares = to.constant(
    'float32',
    Array.from({ length: count }, (_, i) => i / last),
    Array.from({ length: range.shape.length + 1 }, (_, i) => (i === at ? count : 1)),
  );
  const wide = to.add(a, to.multiply(range, 0));
  return to.add(to.expand(wide, at), to.multiply(to.expand(range, at), shares));
}

/** Joining, cutting and turning around, and ranges. */
export const JOINING: readonly OperatorDefinition[] = [
  joining('Hstack', (rank) => (rank === 1 ? 0 : 1), 1),
  joining('Vstack', () => 0, 2),
  joining('Dstack', () => 2, 3),
  splitting('Hsplit', (rank) => (rank === 1 ? 0 : 1)),
  splitting('Vsplit', () => 0),
  splitting('Dsplit', () => 2),
  onKerasOrder(['ArraySplit'], [], ['x', 'indices_or_sections', 'axis'], (to, x, { indices_or_sections, axis }) =>
    cut(to, x, indices_or_sections, axisOf(axis, x, 'ArraySplit', 0), true),
  ),
  flipping('Fliplr', 1),
  flipping('Flipud', 0),
  operator(['Append'], [], ['x1', 'x2', 'axis'], (to, { x1, x2, axis }) => {
    const parts = to.alike([x1 ?? null, x2 ?? null], 'an operand of Append', 'float32');
    if (omitted(axis))
      return to.concat(
        parts.map((part) => to.flat(part)),
        0,
      );
    return to.concat(
      parts,
      positiveAxis(integer(axis, 'the axis of Append'), (parts[0] as Value).shape.length, 'Append'),
    );
  }),
  operator(['Meshgrid'], [], ['*x', 'indexing'], (to, { x, indexing }) => {
    const lines = (x as readonly Operand[]).map((line) => to.flat(to.of(line, 'an operand of Meshgrid')));
    const order = lines.map((_, i) => i);
    if (indexing !== 'ij' && order.length > 1) [order[0], order[1]] = [1, 0];
    const shape = order.map((i) => (lines[i] as Value).shape[0] ?? null);
    const dims = to.graph.op(
      'Concat',
      order.map((i) => to.graph.op('Shape', [(lines[i] as Value).name])),
      { axis: 0 },
    );
    return lines.map((line, i) => {
      const own = to.reshape(
        line,
        order.map((j) => (j === i ? (line.shape[0] ?? null) : 1)),
      );
      return { ...own, name: to.graph.op('Expand', [own.name, dims]), shape };
    });
  }),
  operator(
    ['Linspace'],
    [],
    ['start', 'stop', 'num', 'endpoint', 'retstep', 'dtype', 'axis'],
    (to, { start, stop, num, endpoint, retstep, dtype, axis }) => {
      floatsAlone(dtype, 'Linspace');
      if (retstep === true) throw badCall('false', 'retstep of Linspace', retstep);
      return between(to, start, stop, num, endpoint, axis);
    },
  ),
  operator(
    ['Logspace'],
    [],
    ['start', 'stop', 'num', 'endpoint', 'base', 'dtype', 'axis'],
    (to, { start, stop, num, endpoint, base, dtype, axis }) => {
      floatsAlone(dtype, 'Logspace');
      return to.binary(
        'Pow',
        numberIn(base, 'the base of Logspace', 10),
        between(to, start, stop, num, endpoint, axis),
      );
    },
  ),
  operator(['Full'], [], ['fill_value', 'shape', 'dtype'], (to, { fill_value, shape, dtype }) => {
    const sizes = integers(shape, 'the shape of Full');
    const value = to.of(fill_value, 'the value of Full', 'float32');
    const typed = omitted(dtype) ? value : to.cast(value, datatypeNamed(dtype));
    return { ...typed, name: to.graph.op('Expand', [typed.name, to.graph.ints(sizes)]), shape: sizes };
  }),
  onKerasOrder(['Array'], [], ['x', 'dtype'], (to, x, { dtype }) =>
    omitted(dtype) ? x : to.cast(x, datatypeNamed(dtype)),
  ),
  onKerasOrder(
    ['ExtractSequences'],
    [],
    ['x', 'sequence_length', 'sequence_stride'],
    (to, x, { sequence_length, sequence_stride }) => {
      const axis = x.shape.length - 1;
      const [length, stride] = [
        integer(sequence_length, 'sequence_length'),
        integer(sequence_stride, 'sequence_stride'),
      ];
      const count = 1 + Math.floor((fixedSize(x, axis, 'ExtractSequences') - length) / stride);
      const places = Array.from({ length: count * length }, (_, i) => Math.floor(i / length) * stride + (i % length));
      const flat = to.gather(x, places, axis);
      return to.reshape(flat, [...x.shape.slice(0, -1), count, length]);
    },
  ),
  operator(['IsIn'], [], ['x1', 'x2', 'assume_unique', 'invert'], (to, { x1, x2, invert }) => {
    const x = to.of(x1, 'the operand of IsIn');
    const list = to.flat(to.of(x2, 'the list of IsIn', x.datatype));
    const same = to.cast(to.compare('Equal', to.expand(x, x.shape.length), list), 'int32');
    const found = to.cast(to.reduce('ReduceMax', same, [x.shape.length]), 'bool');
    return invert === true ? to.not(found) : found;
  }),
  ...(['Sum', 'Max', 'Min', 'Prod'] as const).map((name): OperatorDefinition => {
    const [reduction, first] = (
      {
        Sum: ['add', 0],
        Max: ['max', -3.4028234663852886e38],
        Min: ['min', 3.4028234663852886e38],
        Prod: ['mul', 1],
      } as const
    )[name];
    return operator(
      [`Segment${name}`],
      [`math.unsorted_segment_${name.toLowerCase()}`],
      ['data', 'segment_ids', 'num_segments', 'sorted'],
      (to, { data, segment_ids, num_segments }) => {
        const x = to.floats(data, `the operand of Segment${name}`);
        const ids = to.cast(to.of(segment_ids, 'segment_ids'), 'int64');
        const count = integer(num_segments, 'num_segments');
        const rest = x.shape.slice(1).map((_, i) => fixedSize(x, i + 1, `Segment${name}`));
        const cells = rest.reduce((n, size) => n * size, count);
        const none = to.graph.constant('float32', Array<number>(cells).fill(first), [count, ...rest]);
        const name2 = to.graph.op('ScatterND', [none, to.expand(ids, 1).name, x.name], { reduction });
        return { ...x, name: name2, shape: [count, ...rest] };
      },
    );
  }),
];
