import type { GraphBuilder, Value } from '#onnx';
import { type Emission, flat, type Operand, type OperatorConverter, plain, Refused } from '../operand.ts';

/** Two numbers for each side: what is added to it, or cut off. */
type Ends = readonly (readonly [before: number, after: number])[];

/**
 * Every block'th cell becomes a picture of its own: dilated convolutions are written as plain ones between this and its reverse.
 * @param x its memory in TensorFlow's order
 * @param filler what cells beyond an edge hold
 * @throws Refused
 */
export function spaceToBatch(graph: GraphBuilder, x: Value, block: Numbers, paddings: Numbers, filler = 0): Operand {
  const [batch = null, ...rest] = x.shape;
  const pads = endsOf(x, block, paddings);
  const sides = sidesOf(x, block.length).map((side, i) => side + sum(pads[i]));
  const others = othersOf(rest.slice(block.length));
  if (sides.some((side, i) => side % (block[i] as number) !== 0))
    throw new Refused(`blocks of [${block}] in sides of [${sides}]`);
  const around = (end: 0 | 1) => [0, ...pads.map((pair) => pair[end]), ...others.map(() => 0)];
  const wide = pads.every((pair) => sum(pair) === 0)
    ? x.name
    : graph.op('Pad', [x.name, graph.ints([...around(0), ...around(1)]), graph.constant(x.datatype, [filler], [])]);
  const small = sides.map((side, i) => side / (block[i] as number));
  const cells = small.flatMap((side, i) => [side, block[i] as number]);
  const open = graph.op('Reshape', [wide, graph.ints([batch ?? -1, ...cells, ...others])]);
  const perm = [...block.map((_, i) => 2 * i + 2), 0, ...block.map((_, i) => 2 * i + 1)];
  const turned = graph.op('Transpose', [open], { perm: withOthers(perm, others) });
  const shape = [...small, ...others];
  const name = graph.op('Reshape', [turned, graph.ints([-1, ...shape])]);
  return plain(name, [batch === null ? null : batch * area(block), ...shape], x.datatype);
}

/** The reverse. @throws Refused */
export function batchToSpace(graph: GraphBuilder, x: Value, block: Numbers, crops: Numbers): Operand {
  const [batch = null, ...rest] = x.shape;
  const cuts = endsOf(x, block, crops);
  const small = sidesOf(x, block.length);
  const others = othersOf(rest.slice(block.length));
  const pictures = batch === null ? null : batch / area(block);
  if (pictures !== null && !Number.isInteger(pictures))
    throw new Refused(`blocks of [${block}] in a batch of ${batch}`);
  const large = small.map((side, i) => side * (block[i] as number));
  const sides = large.map((side, i) => side - sum(cuts[i]));
  if (sides.some((side) => side < 1)) throw new Refused(`crops [${crops}] of sides of [${large}]`);
  const open = graph.op('Reshape', [x.name, graph.ints([...block, pictures ?? -1, ...small, ...others])]);
  const count = block.length;
  const perm = [count, ...block.flatMap((_, i) => [count + 1 + i, i])];
  const turned = graph.op('Transpose', [open], { perm: withOthers(perm, others) });
  const whole = graph.op('Reshape', [turned, graph.ints([pictures ?? -1, ...large, ...others])]);
  const starts = cuts.map(([before]) => before);
  const ends = starts.map((start, i) => start + (sides[i] as number));
  const axes = block.map((_, i) => i + 1);
  const name = cuts.every((pair) => sum(pair) === 0)
    ? whole
    : graph.op('Slice', [whole, graph.ints(starts), graph.ints(ends), graph.ints(axes)]);
  return plain(name, [pictures, ...sides, ...others], x.datatype);
}

type Numbers = readonly number[];

const sum = (pair: readonly [number, number] = [0, 0]) => pair[0] + pair[1];
const area = (block: Numbers) => block.reduce((n, side) => n * side, 1);

function endsOf(x: Value, block: Numbers, list: Numbers): Ends {
  const sides = block.length;
  if (sides < 1 || sides >= x.shape.length || block.some((n) => n < 1)) throw new Refused(`blocks of [${block}]`);
  if (list.length !== 2 * sides || list.some((n) => n < 0)) throw new Refused(`edges [${list}] of ${sides} sides`);
  return block.map((_, i) => [list[2 * i] as number, list[2 * i + 1] as number]);
}

function sidesOf(x: Value, count: number): Numbers {
  return othersOf(x.shape.slice(1, 1 + count));
}

function othersOf(sizes: Value['shape']): Numbers {
  if (sizes.includes(null)) throw new Refused(`sides of [${sizes.map((size) => size ?? '?')}]`);
  return sizes as Numbers;
}

/** What is neither batch nor side stays behind. */
function withOthers(perm: Numbers, others: Numbers): Numbers {
  return [...perm, ...others.map((_, i) => perm.length + i)];
}

const moved = (e: Emission, move: typeof spaceToBatch) => move(e.graph, flat(e), e.numbers(1), e.numbers(2));

export const BATCHES: readonly OperatorConverter[] = [
  { ops: ['SpaceToBatchND'], emit: (e) => moved(e, spaceToBatch) },
  { ops: ['BatchToSpaceND'], emit: (e) => moved(e, batchToSpace) },
];
