import type { Tensor } from 'onnxruntime-node';
import { stream } from '#system';
import type { Samples } from '../batches/batches.ts';
import type { CompiledTraining } from '../step/training-step.ts';

type TensorClass = typeof Tensor;

/** The data of a batch as a step takes it. @param shape of one sample */
export function dataFeeds(Tensor: TensorClass, { x, y, count }: Samples, shape: readonly number[]) {
  const dims = [count, ...shape];
  return {
    x: x instanceof Uint8Array ? new Tensor('uint8', x, dims) : new Tensor('float32', x, dims),
    y: y instanceof Int32Array ? new Tensor('int32', y, [count]) : new Tensor('float32', y, [count, y.length / count]),
  };
}

/**
 * Fresh random numbers for each input that wants them.
 * @param when the step, and the part of it
 * @param memory for each input's numbers, which whoever runs one step after the other uses again
 */
export function randomFeeds(
  Tensor: TensorClass,
  randoms: CompiledTraining['randoms'],
  count: number,
  seed: number,
  [step, ...part]: readonly [step: number, part?: number],
  memory = (_: string, size: number) => new Float32Array(size),
): Record<string, Tensor> {
  const entries = randoms.map(({ name, shape }, i) => {
    const dims = [count, ...(shape.slice(1) as number[])];
    const numbers = memory(
      name,
      dims.reduce((a, b) => a * b, 1),
    );
    stream(seed, 'dropout', step, i, ...(part as number[])).fill(numbers);
    return [name, new Tensor('float32', numbers, dims)] as const;
  });
  return Object.fromEntries(entries);
}
