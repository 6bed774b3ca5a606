import { describe, expect, it } from 'vitest';
import { stream } from '../../../../scripts/system/random.ts';
import { largeCnn } from '../../../../scripts/train/architectures/large-cnn.ts';
import type { Samples } from '../../../../scripts/train/batches/batches.ts';
import { GradientPool, partSize } from '../../../../scripts/train/pool/gradient-pool.ts';
import type { TrainingSpec } from '../../../../scripts/train/step/training-step.ts';
import { relativeDifference } from '../gradients/layer-gradient.ts';
import { firstVectors, openStep } from '../step/step-harness.ts';
import { tinyTask } from '../tiny.ts';

const config = largeCnn.config({ shape: [16, 16, 1], outputs: 10 });
const layers = (config.config.layers as { class_name: string }[]).filter((layer) => layer.class_name !== 'Dropout');
const spec: TrainingSpec = {
  // Without dropout: its numbers are drawn by part.
  config: { ...config, config: { ...config.config, layers } },
  input: { kind: 'pixels', scale: [1 / 255], offset: [0] },
  loss: 'crossentropy',
};

const random = stream(8, 'pool');
const batch: Samples = {
  count: 37,
  x: Uint8Array.from({ length: 37 * 256 }, () => random.below(256)),
  y: Int32Array.from({ length: 37 }, () => random.below(10)),
};

async function gradientsBy(threads: number, whole = spec, size = 10) {
  const { compiled, run } = await openStep(whole);
  const parts = compiled.parts as NonNullable<typeof compiled.parts>;
  const setup = { graph: parts.gradient, randoms: parts.randoms, shape: [16, 16, 1], seed: 4 };
  const pool = await GradientPool.open(setup, threads);
  const vectors = firstVectors(compiled);
  try {
    const job = { batch, weights: vectors.weights as Float32Array, fixed: undefined, step: 3, size };
    const { gradients, ...others } = await pool.run(job);
    const result = { ...others, gradients: gradients.slice() };
    // Memory is used again: a second step must not see the first, nor another one in between.
    await pool.run({ ...job, weights: job.weights.map((weight) => -weight) });
    expect(await pool.run(job)).toEqual(result);
    return { ...result, step: () => run(batch, vectors) };
  } finally {
    await pool.close();
  }
}

describe('GradientPool', () => {
  it('has the loss and, summed, the gradient of the whole batch', async () => {
    const { gradients, parts, loss, measure, step } = await gradientsBy(2);
    expect(parts).toBe(4);
    const whole = await step();
    expect(loss).toBeCloseTo(whole.loss?.[0] as number, 5);
    expect(measure).toBe(whole.measure?.[0]);
    const size = gradients.length / parts;
    const sum = Float32Array.from({ length: size }, (_, i) =>
      Array.from({ length: parts }, (_, part) => gradients[part * size + i] as number).reduce((a, b) => a + b),
    );
    const wanted = (whole.next_m as Float32Array).map((value) => value * 10);
    expect(relativeDifference(sum, wanted)).toBeLessThanOrEqual(1e-4);
  });

  it('gives the same bits with any number of threads, dropout included', async () => {
    const dropping = { ...spec, config };
    const [one, three] = [await gradientsBy(1, dropping), await gradientsBy(3, dropping)];
    expect(three.gradients).toEqual(one.gradients);
    expect([three.loss, three.measure]).toEqual([one.loss, one.measure]);
  });

  it('is not disturbed by threads that are late by whole steps', async () => {
    const { compiled } = await openStep({ ...spec, config });
    const parts = compiled.parts as NonNullable<typeof compiled.parts>;
    const setup = { graph: parts.gradient, randoms: parts.randoms, shape: [16, 16, 1], seed: 4 };
    const weights = firstVectors(compiled).weights as Float32Array;
    const stepsBy = async (threads: number) => {
      // The threads are still starting while the first steps are made.
      const pool = await GradientPool.open(setup, threads);
      const seen: number[][] = [];
      for (let step = 1; step <= 60; step++) {
        const moved = weights.map((weight) => weight * (1 + step / 100));
        const { gradients, loss } = await pool.run({ batch, weights: moved, fixed: undefined, step, size: 10 });
        seen.push([loss, ...gradients.filter((_, i) => i % 97 === 0)]);
      }
      await pool.close();
      return seen;
    };
    const alone = await stepsBy(1);
    expect(new Set(alone.map(([loss]) => loss)).size).toBe(60);
    expect(await stepsBy(4)).toEqual(alone);
  });

  it('is not for models that look at the whole batch', async () => {
    const { compiled } = await openStep(tinyTask());
    expect(compiled.parts).toBeUndefined();
  });
});

describe('partSize', () => {
  it('cuts a batch into parts of one size, eight at most', () => {
    expect(partSize(200, 26)).toBe(25);
    expect(partSize(200, 34)).toBe(34);
    expect(partSize(20, 26)).toBe(20);
    expect(partSize(1000, 26)).toBe(125);
  });
});
