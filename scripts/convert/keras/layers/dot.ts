import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape } from '#keras';
import { asKeras, type GraphBuilder, type Value } from '#onnx';
import { defineLayer } from '../layer.ts';
import { einsum } from '../operators/products.ts';
import { flag } from '../options.ts';

const axis = z.number().int();
const config = z.object({ axes: z.union([axis, z.array(axis).length(2)]), normalize: flag(false) });
type Config = z.output<typeof config>;

export const dot = defineLayer<Config>({
  className: 'Dot',
  summary: 'Products of two tensors summed over one axis of each, sample by sample.',
  config,
  outputShape: (c, inputs) => {
    const [a, b] = pair(inputs);
    const [first, second] = axesOf(c, a, b);
    const shape = [...a.filter((_, i) => i !== first), ...b.filter((_, i) => i !== 0 && i !== second)];
    return shape.length === 1 ? [...shape, 1] : shape;
  },
  emit: ({ graph }, c, inputs) => {
    const [a, b] = pair(inputs).map((input) => asKeras(graph, input)) as [Value, Value];
    const [first, second] = axesOf(c, a.shape, b.shape);
    const [x, y] = c.normalize ? [normal(graph, a, first), normal(graph, b, second)] : [a, b];
    const letters = (shape: Shape, from: string, along: number) =>
      shape.map((_, i) => (i === 0 ? 'a' : i === along ? 'z' : String.fromCharCode(from.charCodeAt(0) + i)));
    const [left, right] = [letters(a.shape, 'b', first), letters(b.shape, 'm', second)];
    const out = [...left.filter((l) => l !== 'z'), ...right.filter((l) => l !== 'z' && l !== 'a')];
    const product = einsum(graph, `${left.join('')},${right.join('')}->${out.join('')}`, [x, y]);
    if (out.length > 1) return product;
    return { ...product, name: graph.op('Unsqueeze', [product.name, graph.ints([1])]), shape: [...product.shape, 1] };
  },
});

function pair<T>(inputs: readonly T[]): [T, T] {
  if (inputs.length === 2) return inputs as unknown as [T, T];
  throw new FreezeframeError('bad-topology', expected('two inputs', 'a Dot layer', inputs.length));
}

function axesOf({ axes }: Config, a: Shape, b: Shape): [number, number] {
  const [first, second] = typeof axes === 'number' ? [axes, axes] : (axes as [number, number]);
  const found: [number, number] = [first < 0 ? first + a.length : first, second < 0 ? second + b.length : second];
  if (found[0] > 0 && found[1] > 0 && found[0] < a.length && found[1] < b.length) return found;
  throw new FreezeframeError('bad-topology', expected('axes behind the batch', 'a Dot layer', axes));
}

/** Each vector along the axis with a length of one. */
function normal(graph: GraphBuilder, x: Value, along: number): Value {
  const squares = graph.op('ReduceSumSquare', [x.name, graph.ints([along])], { keepdims: 1 });
  const length = graph.op('Sqrt', [graph.op('Max', [squares, graph.float(1e-12)])]);
  return { ...x, name: graph.op('Div', [x.name, length]) };
}
