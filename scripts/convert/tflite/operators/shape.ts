import { memoryAxis, memoryOrder, type Value } from '#onnx';
import { given, type Operand, Refused } from '../../tensorflow/operand.ts';
import { batchToSpace, spaceToBatch } from '../../tensorflow/operators/batch.ts';
import { integer, integers, known, type LiteConverter, type LiteEmission, option, optionList } from '../emission.ts';

/** The shape is an input, or an option where that is left out. */
function reshaped(e: LiteEmission): Operand {
  const shape = e.inputs[1] ? e.input(1) : known(...optionList(e.operator, 'new_shape'));
  return e.tensorflow('Reshape', [e.input(0), shape]) as Operand;
}

/** Cells beyond an edge, by the one input or with what stands for zero. */
function padded(e: LiteEmission): Operand {
  const x = e.value(0);
  const pairs = pairsOf(e, x);
  const memory = memoryOrder(x, pairs);
  const pads = e.graph.ints([...memory.map(([before]) => before), ...memory.map(([, after]) => after)]);
  const filler = e.operator.name === 'PADV2' ? scalar(e, e.value(2)) : e.graph.constant(x.datatype, [e.zero(0)], []);
  const shape = x.shape.map((size, axis) => grown(size, pairs[axis] as Pair));
  return given({ ...x, name: e.graph.op('Pad', [x.name, pads, filler]), shape });
}

type Pair = readonly [before: number, after: number];

function pairsOf(e: LiteEmission, x: Value): Pair[] {
  const list = e.numbers(1);
  if (list.length !== 2 * x.shape.length || list.some((n) => n < 0))
    throw new Refused(`paddings [${list}] of [${x.shape}]`);
  return x.shape.map((_, axis) => [list[2 * axis] as number, list[2 * axis + 1] as number]);
}

function grown(size: number | null, [before, after]: Pair): number | null {
  if (size === null && before + after > 0) throw new Refused('paddings of a batch');
  return size === null ? null : size + before + after;
}

function scalar({ graph }: LiteEmission, { name, shape }: Value): string {
  return shape.length === 0 ? name : graph.op('Reshape', [name, graph.ints([])]);
}

const [REFLECT, SYMMETRIC] = [0, 1];
/** Cells of one side that are picked one by one. */
const MAX_SIDE = 65_536;

/** Cells beyond an edge are those before it in reverse: without the edge (REFLECT) or with it (SYMMETRIC). */
function mirrored(e: LiteEmission): Operand {
  const mode = option(e.operator, 'mode');
  if (mode !== REFLECT && mode !== SYMMETRIC) throw new Refused(`mode ${mode}`);
  const x = e.value(0);
  const edge = mode === REFLECT ? 1 : 0;
  let value = x;
  for (const [axis, [before, after]] of pairsOf(e, x).entries()) {
    if (before === 0 && after === 0) continue;
    const size = value.shape[axis] ?? 0;
    if (Math.max(before, after) > size - edge || before + size + after > MAX_SIDE)
      throw new Refused(`paddings [${before}, ${after}] of ${size}`);
    const cells = Array.from({ length: before + size + after }, (_, i) => {
      const at = i - before;
      if (at < 0) return edge - 1 - at;
      return at < size ? at : 2 * size - 1 - edge - at;
    });
    const name = e.graph.op('Gather', [value.name, e.graph.ints(cells)], { axis: memoryAxis(value, axis) });
    value = { ...value, name, shape: value.shape.with(axis, cells.length) };
  }
  return given(value);
}

const MASKS = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'];

function stridedSlice(e: LiteEmission): Operand | readonly Operand[] {
  if (option(e.operator, 'offset') !== 0) throw new Refused('ends that count from the beginning (offset)');
  const masks = Object.fromEntries(MASKS.map((name) => [name, integer(option(e.operator, name))]));
  return e.tensorflow(
    'StridedSlice',
    [0, 1, 2, 3].map((i) => e.input(i)),
    masks,
  );
}

/** Pictures of a batch: cells beyond an edge hold what stands for zero. */
function batched(e: LiteEmission, move: typeof spaceToBatch): Operand {
  return move(e.graph, e.graph.toLayout(e.value(0), 'channels-last'), e.numbers(1), e.numbers(2), e.zero(0));
}

const kept = (op: string, tensorflow: string, inputs: readonly number[]): LiteConverter => ({
  ops: [op],
  keeps: true,
  emit: (e) =>
    e.tensorflow(
      tensorflow,
      inputs.map((i) => e.input(i)),
    ),
});

export const SHAPES: readonly LiteConverter[] = [
  { ops: ['RESHAPE'], keeps: true, emit: reshaped },
  {
    ops: ['SQUEEZE'],
    keeps: true,
    emit: (e) =>
      e.tensorflow('Squeeze', [e.input(0)], { squeeze_dims: integers(optionList(e.operator, 'squeeze_dims')) }),
  },
  kept('EXPAND_DIMS', 'ExpandDims', [0, 1]),
  kept('TRANSPOSE', 'Transpose', [0, 1]),
  kept('SLICE', 'Slice', [0, 1, 2]),
  kept('TILE', 'Tile', [0, 1]),
  kept('SHAPE', 'Shape', [0]),
  { ops: ['STRIDED_SLICE'], keeps: true, emit: stridedSlice },
  { ops: ['PAD', 'PADV2'], keeps: true, emit: padded },
  { ops: ['SPACE_TO_BATCH_ND'], keeps: true, emit: (e) => batched(e, spaceToBatch) },
  { ops: ['BATCH_TO_SPACE_ND'], keeps: true, emit: (e) => batched(e, batchToSpace) },
  { ops: ['MIRROR_PAD'], keeps: true, emit: mirrored },
];
