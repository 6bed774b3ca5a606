import { type DataFormat, fixed, type GraphBuilder, memoryAxis, memoryOrder, renamed, type Value } from '#onnx';
import { pictureAxes, type Size, sizedShape } from './resize.ts';

/** A number as it was worked out in: float32 where TensorFlow did, float64 where Python did. */
type Precision = (value: number) => number;

/** Height and width of the largest part in the middle that has the proportions of `size`; at least one cell. */
function partOf([height, width]: Size, size: Size, precision: Precision): Size {
  const tall = Math.trunc(precision((width * size[0]) / size[1]));
  const wide = Math.trunc(precision((height * size[1]) / size[0]));
  return [Math.max(Math.min(height, tall), 1), Math.max(Math.min(width, wide), 1)];
}

function sizeOf(x: Value, format: DataFormat): Size {
  const [height, width] = pictureAxes(format);
  return [fixed(x.shape, height), fixed(x.shape, width)];
}

/** The largest part in the middle that has the proportions of `size`. */
export function cropToProportions(
  graph: GraphBuilder,
  x: Value,
  size: Size,
  format: DataFormat,
  precision: Precision,
): Value {
  const own = sizeOf(x, format);
  return cropMiddle(graph, x, partOf(own, size, precision), format);
}

/** The middle of a picture, `size` large; an odd cell is left out behind. */
export function cropMiddle(graph: GraphBuilder, x: Value, size: Size, format: DataFormat): Value {
  const own = sizeOf(x, format);
  const cut = pictureAxes(format).flatMap((axis, i) => {
    const rest = (own[i] as number) - (size[i] as number);
    return rest === 0 ? [] : [{ axis: memoryAxis(x, axis), start: Math.floor(rest / 2), length: size[i] as number }];
  });
  if (cut.length === 0) return x;
  const starts = graph.ints(cut.map(({ start }) => start));
  const ends = graph.ints(cut.map(({ start, length }) => start + length));
  const name = graph.op('Slice', [x.name, starts, ends, graph.ints(cut.map(({ axis }) => axis))]);
  return renamed(x, name, sizedShape(x.shape, size, format));
}

/** The middle of pictures whose size is known only when they come. */
export function cropMiddleOfAny(graph: GraphBuilder, x: Value, size: Size, format: DataFormat): Value {
  const axes = pictureAxes(format).map((axis) => memoryAxis(x, axis));
  const own = graph.op('Gather', [graph.op('Shape', [x.name]), graph.ints(axes)]);
  const wanted = graph.ints(size);
  const starts = graph.op('Div', [graph.op('Sub', [own, wanted]), graph.ints([2])]);
  const ends = graph.op('Add', [starts, wanted]);
  const name = graph.op('Slice', [x.name, starts, ends, graph.ints(axes)]);
  return renamed(x, name, sizedShape(x.shape, size, format));
}

/** The picture with `value` on two sides, so that it has nearly the proportions of `size`: as much on one side as on the other. */
export function padToProportions(graph: GraphBuilder, x: Value, size: Size, format: DataFormat, value: number): Value {
  const [height, width] = sizeOf(x, format);
  const tall = Math.max(height, Math.trunc(Math.fround((width * size[0]) / size[1])));
  const wide = Math.max(width, Math.trunc(Math.fround((height * size[1]) / size[0])));
  const sides = [Math.trunc((tall - height) / 2), Math.trunc((wide - width) / 2)] as const;
  if (sides.every((cells) => cells === 0)) return x;
  const axes = pictureAxes(format);
  const pads = memoryOrder(
    x,
    x.shape.map((_, axis) => (axis === axes[0] ? sides[0] : axis === axes[1] ? sides[1] : 0)),
  );
  const name = graph.op('Pad', [x.name, graph.ints([...pads, ...pads]), graph.constant(x.datatype, [value], [])]);
  return renamed(x, name, sizedShape(x.shape, [height + 2 * sides[0], width + 2 * sides[1]], format));
}
