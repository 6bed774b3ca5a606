import { memoryAxis, type Value } from '#onnx';
import { numberOf } from '#tensorflow';
import {
  type Emission,
  flat,
  frontAxis,
  given,
  type Operand,
  type OperatorConverter,
  plain,
  Refused,
  sizeOf,
} from '../operand.ts';

/** Values with the same order of memory, that of the first. */
function together(e: Emission, indices: readonly number[]): Value[] {
  const values = indices.map((i) => e.value(i));
  const layout = values.every((value) => value.layout === 'channels-first') ? 'channels-first' : 'channels-last';
  return values.map((value) => e.graph.toLayout(value, layout));
}

/** Numbers that are known here: of a shape, or a short list of integers in the file. */
function isWhole({ inputs }: Emission, index: number): boolean {
  const input = inputs[index];
  if (input?.kind !== 'constant') return input?.kind === 'sizes';
  const { datatype, shape } = input.weight;
  return datatype === 'int32' && shape.length === 1 && sizeOf(shape) <= 256;
}

function concat(e: Emission, axisIndex: number, first: number, count: number): Operand {
  const indices = Array.from({ length: count }, (_, i) => first + i);
  // Also of constants alone: graphs that nobody has optimized put their permutations together like this.
  if (indices.every((i) => isWhole(e, i))) {
    return { kind: 'sizes', sizes: indices.flatMap((i) => e.sizes(i)), scalar: false };
  }
  const values = together(e, indices);
  const [start] = values as [Value];
  const axis = frontAxis(e.numbers(axisIndex)[0] ?? 0, start.shape.length);
  for (const { shape } of values) {
    const fits = shape.length === start.shape.length && shape.every((size, i) => i === axis || size === start.shape[i]);
    if (!fits) throw new Refused(`[${start.shape}] beside [${shape}]`);
  }
  const sizes = values.map(({ shape }) => shape[axis] ?? null);
  const size = sizes.reduce<number | null>((n, part) => (n === null || part === null ? null : n + part), 0);
  const name = e.graph.op(
    'Concat',
    values.map((value) => value.name),
    { axis: memoryAxis(start, axis) },
  );
  return given({ ...start, name, shape: start.shape.with(axis, size) });
}

function pack(e: Emission): Operand {
  if (e.inputs.some(({ kind }) => kind === 'sizes')) {
    return { kind: 'sizes', sizes: e.inputs.flatMap((_, i) => e.sizes(i)), scalar: false };
  }
  const values = e.inputs.map((_, i) => flat(e, i));
  const { shape, datatype } = values[0] as Value;
  const axis = frontAxis(numberOf(e.node.attributes, 'axis', 0), shape.length + 1);
  const parts = values.map(({ name }) => e.graph.op('Unsqueeze', [name, e.graph.ints([axis])]));
  return plain(e.graph.op('Concat', parts, { axis }), shape.toSpliced(axis, 0, values.length), datatype);
}

/** Parts of given sizes along an axis. */
function split(e: Emission, x: Value, axisNumber: number, sizes: readonly number[]): Operand[] {
  const axis = frontAxis(axisNumber, x.shape.length);
  const size = x.shape[axis];
  if (typeof size !== 'number' || sizes.reduce((n, part) => n + part, 0) !== size)
    throw new Refused(`parts [${sizes}] of ${size}`);
  const names = e.graph.ops('Split', [x.name, e.graph.ints(sizes)], sizes.length, { axis: memoryAxis(x, axis) });
  return names.map((name, i) => given({ ...x, name, shape: x.shape.with(axis, sizes[i] as number) }));
}

function equalParts(e: Emission): Operand[] {
  const x = e.value(1);
  const axis = frontAxis(e.numbers(0)[0] ?? 0, x.shape.length);
  const count = numberOf(e.node.attributes, 'num_split', 1);
  const size = (x.shape[axis] ?? 0) / count;
  if (!Number.isInteger(count) || count < 1 || count > 1000 || !Number.isInteger(size))
    throw new Refused(`${count} parts of ${x.shape[axis]}`);
  return split(e, x, axis, new Array<number>(count).fill(size));
}

function givenParts(e: Emission): Operand[] {
  const x = e.value(0);
  const axis = frontAxis(e.numbers(2)[0] ?? 0, x.shape.length);
  const sizes = e.numbers(1);
  const rest = (x.shape[axis] ?? 0) - sizes.filter((size) => size >= 0).reduce((n, size) => n + size, 0);
  return split(
    e,
    x,
    axis,
    sizes.map((size) => (size < 0 ? rest : size)),
  );
}

export const JOINING: readonly OperatorConverter[] = [
  { ops: ['ConcatV2'], emit: (e) => concat(e, e.inputs.length - 1, 0, e.inputs.length - 1) },
  { ops: ['Concat'], emit: (e) => concat(e, 0, 1, e.inputs.length - 1) },
  { ops: ['Pack'], emit: pack },
  { ops: ['Split'], emit: equalParts },
  { ops: ['SplitV'], emit: givenParts },
];
