import type { Shape } from '#keras';
import { memoryAxis, memoryOrder, type Value } from '#onnx';
import { numberOf, numbers, textOf } from '#tensorflow';
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

/** ONNX's Reshape; one size may be left to be worked out when the graph runs. */
function reshaped(e: Emission, x: Value, sizes: readonly (number | null)[]): Operand {
  const free = sizes.filter((size) => size === null || size === -1).length;
  if (free > 1 || sizes.includes(0)) throw new Refused(`a shape of [${sizes}]`);
  const target = sizes.map((size) => (size === null ? -1 : size));
  const name = e.graph.op('Reshape', [x.name, e.graph.ints(target)]);
  const count = x.shape.includes(null) ? undefined : sizeOf(x.shape as number[]);
  const rest = sizeOf(target.filter((size) => size !== -1));
  if (count !== undefined && (free === 0 ? count !== rest : count % rest !== 0))
    throw new Refused(`[${x.shape}] as [${sizes}]`);
  const inferred = count === undefined ? null : count / rest;
  return plain(
    name,
    target.map((size) => (size === -1 ? inferred : size)),
    x.datatype,
  );
}

function squeeze(e: Emission): Operand {
  const named = [...numbers(e.node.attributes, 'squeeze_dims'), ...numbers(e.node.attributes, 'axis')];
  const x = flat(e);
  const axes = named.length > 0 ? named.map((axis) => frontAxis(axis, x.shape.length)) : ones(x.shape);
  if (named.length === 0 && x.shape.includes(null)) throw new Refused('no axes, of a tensor whose batch may be 1');
  if (axes.length === 0) return given(x);
  if (axes.some((axis) => x.shape[axis] !== 1)) throw new Refused(`axes ${axes} of [${x.shape}]`);
  const name = e.graph.op('Squeeze', [x.name, e.graph.ints(axes)]);
  return plain(
    name,
    x.shape.filter((_, axis) => !axes.includes(axis)),
    x.datatype,
  );
}

function ones(shape: Shape): number[] {
  return shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
}

function expandDims(e: Emission): Operand {
  const x = flat(e);
  const axis = frontAxis(e.numbers(1)[0] ?? 0, x.shape.length + 1);
  return plain(e.graph.op('Unsqueeze', [x.name, e.graph.ints([axis])]), x.shape.toSpliced(axis, 0, 1), x.datatype);
}

function transpose(e: Emission): Operand {
  const x = flat(e);
  const perm = e.numbers(1).map((axis) => frontAxis(axis, x.shape.length));
  if (new Set(perm).size !== x.shape.length) throw new Refused(`perm [${perm}]`);
  return plain(
    e.graph.op('Transpose', [x.name], { perm }),
    perm.map((axis) => x.shape[axis] ?? null),
    x.datatype,
  );
}

/** ONNX's number for the end of any axis. */
const END = Number.MAX_SAFE_INTEGER;

function slice(e: Emission): Operand {
  const x = e.value(0);
  const [begin, size] = [e.numbers(1), e.numbers(2)];
  if (begin.length !== x.shape.length || size.length !== x.shape.length) throw new Refused(`a slice of [${x.shape}]`);
  const ends = begin.map((from, i) => ((size[i] as number) < 0 ? END : from + (size[i] as number)));
  return sliced(
    e,
    x,
    begin,
    ends,
    begin.map(() => 1),
    [],
  );
}

function stridedSlice(e: Emission): Operand {
  const mask = (name: string) => numberOf(e.node.attributes, name, 0);
  if (mask('ellipsis_mask') !== 0 || mask('new_axis_mask') !== 0) throw new Refused('ellipsis_mask or new_axis_mask');
  const [begin, end, strides] = [e.numbers(1), e.numbers(2), e.numbers(3)];
  const bit = (name: string, i: number) => ((mask(name) >> i) & 1) === 1;
  const shrink = begin.flatMap((_, i) => (bit('shrink_axis_mask', i) ? [i] : []));
  const starts = begin.map((from, i) => (bit('begin_mask', i) ? ((strides[i] as number) < 0 ? END : 0) : from));
  const ends = end.map((to, i) => {
    if (shrink.includes(i)) return starts[i] === -1 ? END : (starts[i] as number) + 1;
    return bit('end_mask', i) ? ((strides[i] as number) < 0 ? -END : END) : to;
  });
  const [input] = e.inputs;
  if (input?.kind !== 'sizes') return sliced(e, e.value(0), starts, ends, strides, shrink);
  if (strides[0] !== 1) throw new Refused(`strides [${strides}] of a shape`);
  return { kind: 'sizes', sizes: input.sizes.slice(starts[0], ends[0]), scalar: shrink.length > 0 };
}

function sliced(
  e: Emission,
  value: Value,
  starts: readonly number[],
  ends: readonly number[],
  strides: readonly number[],
  shrink: readonly number[],
): Operand {
  const x = shrink.length > 0 ? e.graph.toLayout(value, 'channels-last') : value;
  if (starts.length > x.shape.length || strides.includes(0)) throw new Refused(`a slice of [${x.shape}]`);
  const cut = starts.flatMap((from, i) => (from === 0 && ends[i] === END && strides[i] === 1 ? [] : [i]));
  const pick = (list: readonly number[]) => e.graph.ints(cut.map((i) => list[i] as number));
  const axes = e.graph.ints(cut.map((i) => memoryAxis(x, i)));
  const name = cut.length === 0 ? x.name : e.graph.op('Slice', [x.name, pick(starts), pick(ends), axes, pick(strides)]);
  const shape = x.shape.map((size, i) => {
    if (!cut.includes(i)) return size;
    if (shrink.includes(i)) return 1;
    if (size === null) throw new Refused(`a slice of an axis that is not fixed, in [${x.shape}]`);
    return lengthOf(size, starts[i] as number, ends[i] as number, strides[i] as number);
  });
  if (shrink.length === 0) return given({ ...x, name, shape });
  const squeezed = e.graph.op('Squeeze', [name, e.graph.ints(shrink)]);
  return plain(
    squeezed,
    shape.filter((_, i) => !shrink.includes(i)),
    x.datatype,
  );
}

/** How many cells a slice takes, as ONNX and NumPy count. */
function lengthOf(size: number, start: number, end: number, stride: number): number {
  const [low, high] = stride > 0 ? [0, size] : [-1, size - 1];
  const within = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
  return Math.max(0, Math.ceil((within(end) - within(start)) / stride));
}

function pad(e: Emission, mode: 'constant' | 'reflect'): Operand {
  const x = e.value(0);
  const list = e.numbers(1);
  if (list.length !== 2 * x.shape.length) throw new Refused(`paddings [${list}] of [${x.shape}]`);
  const pairs = x.shape.map((_, i) => [list[2 * i] as number, list[2 * i + 1] as number] as const);
  const shape = x.shape.map((size, i) => {
    const [before, after] = pairs[i] as readonly [number, number];
    if (before < 0 || after < 0 || (size === null && before + after > 0))
      throw new Refused(`paddings [${list}] of [${x.shape}]`);
    return size === null ? null : size + before + after;
  });
  const memory = memoryOrder(x, pairs);
  const pads = e.graph.ints([...memory.map(([before]) => before), ...memory.map(([, after]) => after)]);
  const value = e.node.op === 'PadV2' ? [e.value(2).name] : [];
  return given({ ...x, name: e.graph.op('Pad', [x.name, pads, ...value], { mode }), shape });
}

function mirrorPad(e: Emission): Operand {
  const mode = textOf(e.node.attributes, 'mode');
  if (mode !== 'REFLECT') throw new Refused(`mode ${JSON.stringify(mode)}`);
  return pad(e, 'reflect');
}

function gather(e: Emission): Operand {
  const axis = e.inputs.length > 2 ? (e.numbers(2)[0] ?? 0) : 0;
  const [input] = e.inputs;
  if (input?.kind === 'sizes') {
    const indices = e.numbers(1);
    const scalar = e.constant(1)?.shape.length === 0;
    const sizes = indices.map((i) => input.sizes.at(i));
    if (sizes.includes(undefined)) throw new Refused(`indices [${indices}] of a shape`);
    return { kind: 'sizes', sizes: sizes as (number | null)[], scalar };
  }
  const [x, indices] = [flat(e), flat(e, 1)];
  const front = frontAxis(axis, x.shape.length);
  if (numberOf(e.node.attributes, 'batch_dims', 0) !== 0 || indices.datatype !== 'int32')
    throw new Refused('batch_dims, or indices of floats');
  const name = e.graph.op('Gather', [x.name, indices.name], { axis: front });
  return plain(name, x.shape.toSpliced(front, 1, ...indices.shape), x.datatype);
}

function tile(e: Emission): Operand {
  const x = flat(e);
  const times = e.numbers(1);
  if (times.length !== x.shape.length || times.some((n) => n < 1)) throw new Refused(`multiples [${times}]`);
  const shape = x.shape.map((size, i) =>
    size === null ? (times[i] === 1 ? null : undefined) : size * (times[i] as number),
  );
  if (shape.includes(undefined)) throw new Refused(`multiples [${times}] of [${x.shape}]`);
  return plain(e.graph.op('Tile', [x.name, e.graph.ints(times)]), shape as Shape, x.datatype);
}

export const SHAPES: readonly OperatorConverter[] = [
  {
    ops: ['Identity', 'StopGradient', 'PreventGradient', 'CheckNumerics', 'Snapshot'],
    emit: ({ inputs }) => inputs[0] as Operand,
  },
  { ops: ['IdentityN'], emit: ({ inputs }) => inputs },
  { ops: ['Shape'], emit: (e) => ({ kind: 'sizes', sizes: e.value(0).shape, scalar: false }) },
  { ops: ['Reshape'], emit: (e) => reshaped(e, flat(e), e.sizes(1)) },
  { ops: ['Squeeze'], emit: squeeze },
  { ops: ['ExpandDims'], emit: expandDims },
  { ops: ['Transpose'], emit: transpose },
  { ops: ['Slice'], emit: slice },
  { ops: ['StridedSlice'], emit: stridedSlice },
  { ops: ['Pad', 'PadV2'], emit: (e) => pad(e, 'constant') },
  { ops: ['MirrorPad'], emit: mirrorPad },
  { ops: ['GatherV2', 'Gather'], emit: gather },
  { ops: ['Tile'], emit: tile },
];
