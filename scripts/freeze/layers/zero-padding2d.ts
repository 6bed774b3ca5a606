import { z } from 'zod';
import { dataFormat } from '../config.ts';
import type { Shape } from '../keras-model.ts';
import { defineLayer, single } from '../layer.ts';
import { memoryOrder, renamed } from '../layout.ts';

const cells = z.number().int().nonnegative();
const pair = z.tuple([cells, cells]);

const config = z.object({
  /** One number, one per axis, or before and after per axis. */
  padding: z
    .union([cells, pair, z.tuple([pair, pair])])
    .prefault(1)
    .transform((value): [[number, number], [number, number]] => {
      const [height, width] = typeof value === 'number' ? [value, value] : value;
      return [both(height), both(width)];
    }),
  data_format: dataFormat,
});

type Config = z.output<typeof config>;

/** Zeros around each picture. */
export const zeroPadding2d = defineLayer<Config>({
  className: 'ZeroPadding2D',
  config,
  outputShape: (c, inputs) => paddedShape(c, single(inputs)),
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    const pads = memoryOrder(x, padsOf(c));
    const flat = [...pads.map(([before]) => before), ...pads.map(([, after]) => after)];
    return renamed(x, graph.op('Pad', [x.name, graph.ints(flat)]), paddedShape(c, x.shape));
  },
  training: {
    backward: ({ graph }, c, { inputs }, gradient) => {
      const x = single(inputs);
      const pads = memoryOrder(x, padsOf(c));
      const starts = graph.ints(pads.map(([before]) => before));
      // Counted from the end, as the batch is of any size; a number past any size is the end.
      const ends = graph.ints(pads.map(([, after]) => (after > 0 ? -after : Number.MAX_SAFE_INTEGER)));
      const inner = graph.op('Slice', [gradient.name, starts, ends, graph.ints([0, 1, 2, 3])]);
      return { inputs: [renamed(x, inner)], weights: {} };
    },
  },
});

function both(value: number | [number, number]): [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}

/** Before and after for each of the four axes, in Keras's order. */
function padsOf(c: Config): [number, number][] {
  return c.data_format === 'channels_last' ? [[0, 0], ...c.padding, [0, 0]] : [[0, 0], [0, 0], ...c.padding];
}

function paddedShape(c: Config, input: Shape): Shape {
  const pads = padsOf(c);
  return input.map((size, axis) => (size === null ? null : size + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0)));
}
