import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder, type Value } from '../../../../scripts/onnx/graph.ts';
import { windowAttributes, windowOutput } from '../../../../scripts/onnx/window.ts';
import { kernelGradient } from '../../../../scripts/train/convolutions/image-convolution.ts';
import {
  type Cells,
  fitsPatches,
  patches,
  pixelRows,
  tapGradients,
  tapMatrix,
} from '../../../../scripts/train/convolutions/patch-convolution.ts';
import type { ConvolutionSizes } from '../../../../scripts/train/convolutions/sizes.ts';
import { relativeDifference } from '../gradients/layer-gradient.ts';
import { feed, type GraphTensor, runGraph } from '../gradients/run-graph.ts';

const BATCH = 3;

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

const convolutions = fc
  .record({
    kernel: pair(1, 4),
    strides: pair(1, 2),
    dilation: pair(1, 2),
    padding: fc.constantFrom('valid' as const, 'same' as const),
    input: pair(8, 10),
    channelsIn: fc.integer({ min: 1, max: 3 }),
    channelsOut: fc.integer({ min: 1, max: 4 }),
    bias: fc.boolean(),
  })
  .map(({ kernel, strides, dilation, padding, input, bias, ...channels }) => {
    const window = { kernel, strides, dilation, padding };
    const sizes: ConvolutionSizes = { window, input, output: windowOutput(input, window) as number[], ...channels };
    return { sizes, bias };
  });

/** Answer and gradients, by patches of these cells and as onnxruntime's own convolution gives them for all cells. */
async function bothWays({ sizes, bias }: { sizes: ConvolutionSizes; bias: boolean }, cells: Cells) {
  const { input, output, channelsIn, channelsOut, window } = sizes;
  const graph = new GraphBuilder();
  const x: Value = {
    name: graph.input('x', 'float32', [null, channelsIn, ...input]),
    shape: [null, ...input, channelsIn],
    datatype: 'float32',
    layout: 'channels-first',
  };
  const gradient = graph.input('gradient', 'float32', [null, channelsOut, ...output]);
  const kernel = graph.input('kernel', 'float32', [...window.kernel, channelsIn, channelsOut]);
  const added = graph.input('bias', 'float32', [channelsOut]);
  const all = patches(graph, pixelRows(graph, x, 'channels_last', sizes), sizes, cells, bias);
  const product = graph.op('MatMul', [tapMatrix(graph, kernel, bias ? added : undefined), all]);
  const turned = graph.op('Transpose', [gradient], { perm: [2, 3, 0, 1] });
  const columns = graph.op('Reshape', [turned, graph.ints([-1, channelsOut])]);
  const back = tapGradients(graph, graph.op('MatMul', [all, columns]), sizes, bias);
  const ordered = graph.op('Transpose', [kernel], { perm: [3, 2, 0, 1] });
  const results: Record<string, string> = {
    received_output: graph.op('Reshape', [product, graph.ints([channelsOut, ...cells.count, BATCH])]),
    wanted_output: graph.op(
      'Transpose',
      [graph.op('Conv', bias ? [x.name, ordered, added] : [x.name, ordered], windowAttributes(input, window))],
      { perm: [1, 2, 3, 0] },
    ),
    received_kernel: back.kernel,
    wanted_kernel: kernelGradient(graph, x.name, gradient, sizes),
    ...(back.bias && {
      received_bias: back.bias,
      wanted_bias: graph.op('ReduceSum', [gradient, graph.ints([0, 2, 3])], { keepdims: 0 }),
    }),
  };
  const answers = await runGraph(graph, results, {
    x: feed([BATCH, channelsIn, ...input], 1),
    gradient: feed([BATCH, channelsOut, ...output], 2),
    kernel: feed([...window.kernel, channelsIn, channelsOut], 3),
    bias: feed([channelsOut], 4),
  });
  return (name: string) => answers[name] as GraphTensor;
}

describe('a convolution by patches', () => {
  it('answers and has the gradients of one by windows, whatever its kernel, strides, dilation and padding', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (convolution) => {
        const { output } = convolution.sizes;
        const of = await bothWays(convolution, { from: [0, 0], every: [1, 1], count: output });
        for (const name of convolution.bias ? ['output', 'kernel', 'bias'] : ['output', 'kernel']) {
          const [received, wanted] = [of(`received_${name}`), of(`wanted_${name}`)];
          expect(received.dims, name).toEqual(wanted.dims);
          expect(relativeDifference(received.data, wanted.data), name).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('answers only the cells that are asked for', async () => {
    const window = { kernel: [3, 3], strides: [1, 1], padding: 'same' as const };
    const sizes = { window, input: [7, 8], output: [7, 8], channelsIn: 2, channelsOut: 2 };
    const cells = { from: [1, 0], every: [2, 3], count: [3, 2] };
    // Gradients are of all cells: only the answers are looked at.
    const asked = await patchedCells(sizes, cells);
    const all = await patchedCells(sizes, { from: [0, 0], every: [1, 1], count: [7, 8] });
    const chosen = [1, 3, 5].flatMap((y) => [0, 3].map((x) => y * 8 + x));
    for (let channel = 0; channel < 2; channel++) {
      for (const [i, cell] of chosen.entries()) {
        expect(asked.slice((channel * 6 + i) * BATCH, (channel * 6 + i + 1) * BATCH)).toEqual(
          all.slice((channel * 56 + cell) * BATCH, (channel * 56 + cell + 1) * BATCH),
        );
      }
    }
  });

  it('is for few taps', () => {
    const sizes = { input: [8, 8], output: [6, 6], channelsOut: 2 };
    const window = { kernel: [3, 3], strides: [1, 1], padding: 'valid' as const };
    expect(fitsPatches({ ...sizes, window, channelsIn: 3 })).toBe(true);
    expect(fitsPatches({ ...sizes, window, channelsIn: 16 })).toBe(false);
  });
});

async function patchedCells(sizes: ConvolutionSizes, cells: Cells): Promise<Float32Array> {
  const graph = new GraphBuilder();
  const shape = [null, ...sizes.input, sizes.channelsIn];
  const name = graph.input('x', 'float32', shape);
  const kernel = graph.input('kernel', 'float32', [3, 3, 2, 2]);
  const rows = pixelRows(graph, { name, shape, datatype: 'float32', layout: 'channels-last' }, 'channels_last', sizes);
  const all = patches(graph, rows, sizes, cells, false);
  const product = graph.op('MatMul', [tapMatrix(graph, kernel, undefined), all]);
  const feeds = { x: feed([BATCH, 7, 8, 2], 1), kernel: feed([3, 3, 2, 2], 2) };
  return (await runGraph(graph, { y: product }, feeds)).y.data;
}
