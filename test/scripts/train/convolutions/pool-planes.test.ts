import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import {
  compare,
  cutIntoPlanes,
  joinPlanes,
  type PlaneSizes,
  planeDims,
  winners,
} from '../../../../scripts/train/convolutions/pool-planes.ts';
import { indicator, positive } from '../../../../scripts/train/gradients/elementwise.ts';
import { runGraph } from '../gradients/run-graph.ts';

const BATCH = 2;

interface Pool {
  readonly sizes: PlaneSizes;
  /** Few different values: many cells of a window are equal. */
  readonly cells: Float32Array;
  readonly gradient: Float32Array;
  /** Whether only cells above zero get it, as behind ReLU. */
  readonly masked: boolean;
}

const pools: fc.Arbitrary<Pool> = fc
  .record({
    window: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    output: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    rest: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    channels: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ window, output, rest, channels }) => {
    const input = window.map(
      (size, axis) => size * (output[axis] as number) + Math.min(rest[axis] as number, size - 1),
    );
    const count = (spatial: readonly number[]) => spatial.reduce((a, b) => a * b, channels * BATCH);
    const values = (spatial: readonly number[], value: fc.Arbitrary<number>) =>
      fc.array(value, { minLength: count(spatial), maxLength: count(spatial) }).map((list) => Float32Array.from(list));
    return fc.record({
      sizes: fc.constant({ input, output, window, channels }),
      cells: values(input, fc.integer({ min: -1, max: 1 })),
      gradient: values(output, fc.integer({ min: 1, max: 50 })),
      masked: fc.boolean(),
    });
  });

/** The pool and its gradient, window by window: the first of the largest cells gets it. */
function expectedOf({ sizes, cells, gradient, masked }: Pool) {
  const [height, width] = sizes.input as [number, number];
  const [outHeight, outWidth] = sizes.output as [number, number];
  const [down, across] = sizes.window as [number, number];
  const pooled = new Float32Array(gradient.length);
  const back = new Float32Array(cells.length);
  for (let i = 0; i < gradient.length; i++) {
    const [picture, cell] = [i % BATCH, Math.floor(i / BATCH)];
    const [channel, y, x] = [
      Math.floor(cell / outWidth / outHeight),
      Math.floor(cell / outWidth) % outHeight,
      cell % outWidth,
    ];
    const window = Array.from({ length: down * across }, (_, k) => {
      const row = channel * height + y * down + Math.floor(k / across);
      return (row * width + x * across + (k % across)) * BATCH + picture;
    });
    const largest = Math.max(...window.map((index) => cells[index] as number));
    pooled[i] = largest;
    if (masked && largest <= 0) continue;
    back[window.find((index) => cells[index] === largest) as number] = gradient[i] as number;
  }
  return { pooled, back };
}

async function receivedOf({ sizes, cells, gradient, masked }: Pool) {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [null, null, null, null]);
  const g = graph.input('g', 'float32', [null, null, null, null]);
  const planes = cutIntoPlanes(graph, x, sizes);
  const compared = compare(graph, planes);
  const plane = graph.op('Reshape', [g, graph.ints(planeDims(sizes))]);
  const within = masked ? positive(graph, compared.at(-1) as string) : undefined;
  const spread = winners(graph, compared, planes.length, within).map((mask) =>
    mask ? graph.op('Mul', [plane, indicator(graph, mask)]) : plane,
  );
  const results = { pooled: compared.at(-1) as string, back: joinPlanes(graph, spread, sizes) };
  const dims = (spatial: readonly number[]) => [sizes.channels, ...spatial, BATCH];
  const answers = await runGraph(graph, results, {
    x: { data: cells, dims: dims(sizes.input) },
    g: { data: gradient, dims: dims(sizes.output) },
  });
  return { pooled: answers.pooled.data, back: answers.back.data };
}

describe('a pool over planes', () => {
  it('has the largest cell of each window, and gives its gradient to the first of the largest', async () => {
    await fc.assert(
      fc.asyncProperty(pools, async (pool) => {
        expect(await receivedOf(pool)).toEqual(expectedOf(pool));
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});
