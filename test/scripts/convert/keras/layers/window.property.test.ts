import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runCase } from '../../harness.ts';

const side = fc.integer({ min: 1, max: 9 });
const padding = fc.constantFrom('valid', 'same');

interface Geometry {
  readonly height: number;
  readonly width: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: number;
  readonly padding: string;
  readonly channels: number;
}

const geometry: fc.Arbitrary<Geometry> = fc
  .record({
    height: side,
    width: side,
    kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilation: fc.integer({ min: 1, max: 2 }),
    padding,
    channels: fc.integer({ min: 1, max: 3 }),
  })
  // Keras takes no stride together with dilation, and a valid window must fit.
  .map((g) => (g.strides.some((s) => s > 1) ? { ...g, dilation: 1 } : g))
  .filter((g) => {
    const span = (kernel: number) => (kernel - 1) * g.dilation + 1;
    return g.padding === 'same' || (span(g.kernel[0]) <= g.height && span(g.kernel[1]) <= g.width);
  });

async function differenceOf(layer: string, g: Geometry, options: Record<string, unknown>): Promise<number> {
  const inputs = [[g.height, g.width, g.channels]];
  return (await runCase({ layer, inputs, config: { padding: g.padding, strides: g.strides, ...options } })).difference;
}

function property(layer: string, options: (g: Geometry) => Record<string, unknown>, tolerance: number) {
  return fc.asyncProperty(geometry, async (g) => {
    expect(await differenceOf(layer, g, options(g))).toBeLessThanOrEqual(tolerance);
  });
}

const runs = { numRuns: 60, seed: 20 };

describe('windows of any size, stride, dilation and padding answer as in TensorFlow.js', () => {
  it('Conv2D', async () => {
    const options = (g: Geometry) => ({ filters: 2, kernel_size: g.kernel, dilation_rate: g.dilation });
    await fc.assert(property('Conv2D', options, 5e-6), runs);
  });

  it('DepthwiseConv2D', async () => {
    const options = (g: Geometry) => ({ kernel_size: g.kernel, depth_multiplier: 2, dilation_rate: g.dilation });
    await fc.assert(property('DepthwiseConv2D', options, 5e-6), runs);
  });

  it('MaxPooling2D', async () => {
    await fc.assert(
      property('MaxPooling2D', (g) => ({ pool_size: g.kernel }), 0),
      runs,
    );
  });

  it('AveragePooling2D', async () => {
    await fc.assert(
      property('AveragePooling2D', (g) => ({ pool_size: g.kernel }), 1e-6),
      runs,
    );
  });
});
