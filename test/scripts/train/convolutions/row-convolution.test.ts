import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import { windowAttributes, windowOutput } from '../../../../scripts/onnx/window.ts';
import { inputGradient, kernelGradient } from '../../../../scripts/train/convolutions/image-convolution.ts';
import { convolveRows, fitsRows, rowGradients } from '../../../../scripts/train/convolutions/row-convolution.ts';
import type { ConvolutionSizes } from '../../../../scripts/train/convolutions/sizes.ts';
import { relativeDifference } from '../gradients/layer-gradient.ts';
import { feed, runGraph } from '../gradients/run-graph.ts';

const BATCH = 2;

const convolutions = fc
  .record({
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    padding: fc.constantFrom('valid' as const, 'same' as const),
    input: fc.tuple(fc.integer({ min: 7, max: 9 }), fc.integer({ min: 7, max: 9 })),
    channelsIn: fc.integer({ min: 8, max: 11 }),
    channelsOut: fc.integer({ min: 1, max: 5 }),
    bias: fc.boolean(),
  })
  .map(({ kernel, dilation, padding, input, bias, ...channels }) => {
    const window = { kernel, strides: [1, 1], dilation, padding };
    const sizes: ConvolutionSizes = { window, input, output: windowOutput(input, window) as number[], ...channels };
    return { sizes, bias };
  })
  .filter(({ sizes }) => fitsRows(sizes));

/** Answer and both gradients, by rows and as onnxruntime's own convolutions give them. */
async function bothWays({ sizes, bias }: { sizes: ConvolutionSizes; bias: boolean }) {
  const { input, output, channelsIn, channelsOut, window } = sizes;
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [BATCH, channelsIn, ...input]);
  const gradient = graph.input('gradient', 'float32', [BATCH, channelsOut, ...output]);
  const kernel = graph.input('kernel', 'float32', [...window.kernel, channelsIn, channelsOut]);
  const added = graph.input('bias', 'float32', [channelsOut]);
  const toCells = (image: string) => graph.op('Transpose', [image], { perm: [1, 2, 3, 0] });
  const fromCells = (cells: string) => graph.op('Transpose', [cells], { perm: [3, 0, 1, 2] });
  const forward = convolveRows(graph, toCells(x), { kernel, bias: bias ? added : undefined }, sizes);
  const back = rowGradients(graph, forward.rows, toCells(gradient), sizes, kernel);
  const ordered = graph.op('Transpose', [kernel], { perm: [3, 2, 0, 1] });
  const attributes = windowAttributes(input, window);
  const wanted = {
    output: graph.op('Conv', bias ? [x, ordered, added] : [x, ordered], attributes),
    kernel: kernelGradient(graph, x, gradient, sizes),
    input: inputGradient(graph, gradient, kernel, sizes),
  };
  const received = {
    output: fromCells(forward.cells),
    kernel: back.kernel,
    input: fromCells(back.input as string),
  };
  const named = (prefix: string, values: Record<string, string>) =>
    Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]);
  const results = Object.fromEntries([...named('wanted', wanted), ...named('received', received)]);
  const answers = await runGraph(graph, results, {
    x: feed([BATCH, channelsIn, ...input], 1),
    gradient: feed([BATCH, channelsOut, ...output], 2),
    kernel: feed([...window.kernel, channelsIn, channelsOut], 3),
    bias: feed([channelsOut], 4),
  });
  return (name: keyof typeof wanted) =>
    [answers[`received_${name}`]?.data, answers[`wanted_${name}`]?.data] as [Float32Array, Float32Array];
}

describe('a convolution by rows', () => {
  it('answers and has the gradients of one by windows, whatever its kernel, dilation and padding', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (convolution) => {
        const both = await bothWays(convolution);
        for (const name of ['output', 'kernel', 'input'] as const) {
          const [received, wanted] = both(name);
          expect(received.length).toBe(wanted.length);
          expect(relativeDifference(received, wanted)).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('leaves strides, single taps and thin inputs to others', () => {
    const sizes = (kernel: number, stride: number, channelsIn: number): ConvolutionSizes => ({
      window: { kernel: [kernel, kernel], strides: [stride, stride], padding: 'same' },
      input: [8, 8],
      output: [8, 8],
      channelsIn,
      channelsOut: 4,
    });
    expect(fitsRows(sizes(3, 1, 8))).toBe(true);
    // 4 channels and 25 taps.
    expect(fitsRows(sizes(5, 1, 4))).toBe(true);
    expect(fitsRows(sizes(3, 1, 3))).toBe(false);
    expect(fitsRows(sizes(3, 2, 8))).toBe(false);
    expect(fitsRows(sizes(1, 1, 8))).toBe(false);
  });
});
