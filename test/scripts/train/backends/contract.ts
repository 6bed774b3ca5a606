import { beforeEach, describe, expect, it } from 'vitest';
import type { Trainer, TrainingBackend, TrainingTask } from '../../../../scripts/train/backends/index.ts';
import { onnxBackend } from '../../../../scripts/train/backends/onnx.ts';
import { inOrder } from '../../../../scripts/train/batches/batches.ts';
import { train } from '../../../../scripts/train/train.ts';
import { halves, tinyData, tinySettings, tinyTask } from '../tiny.ts';

/**
 * What every backend must do.
 * @param missing why it cannot be asked here
 */
export function backendContract(name: string, openBackend: () => Promise<TrainingBackend>, missing?: string): void {
  describe(name, () => {
    beforeEach(({ skip }) => skip(missing !== undefined, missing));
    contract(openBackend);
  });
}

function contract(openBackend: () => Promise<TrainingBackend>): void {
  const withTrainer = async (task: TrainingTask, use: (trainer: Trainer) => Promise<void>) => {
    const trainer = await (await openBackend()).open(task);
    await use(trainer).finally(() => trainer.close());
  };

  it('learns to tell pictures apart', async () => {
    const settings = { ...tinySettings, epochs: 12, learningRate: 0.02 };
    const result = await train({ backend: await openBackend(), task: tinyTask(), data: tinyData, settings });
    const { measure, outputs } = await result.evaluate(halves(60, 9));
    await result.close();
    expect(measure).toBeGreaterThan(0.95);
    expect(outputs.length).toBe(120);
    for (let i = 0; i < 60; i++) expect((outputs[2 * i] as number) + (outputs[2 * i + 1] as number)).toBeCloseTo(1, 4);
  });

  it('begins with the weights that the seed says, under their names', async () => {
    const reference = await (await onnxBackend()).open(tinyTask(5));
    const wanted = await reference.weights();
    await reference.close();
    await withTrainer(tinyTask(5), async (trainer) => {
      const weights = await trainer.weights();
      expect([...weights.keys()].sort()).toEqual([...wanted.keys()].sort());
      for (const [key, { shape, data }] of wanted) {
        expect(weights.get(key)?.shape).toEqual(shape);
        expect([...(weights.get(key)?.data ?? [])]).toEqual([...data]);
      }
    });
  });

  it('answers as the others do with the same weights', async () => {
    const batch = halves(7, 4);
    const reference = await (await onnxBackend()).open(tinyTask(5));
    const wanted = await reference.evaluate(batch);
    await reference.close();
    await withTrainer(tinyTask(5), async (trainer) => {
      const answer = await trainer.evaluate(batch);
      expect(answer.loss).toBeCloseTo(wanted.loss, 4);
      expect(answer.measure).toBe(wanted.measure);
      for (const [i, share] of wanted.outputs.entries()) expect(answer.outputs[i]).toBeCloseTo(share, 4);
    });
  });

  it('goes on from its own state', async () => {
    const [first] = [...inOrder(tinyData.train, 16)];
    if (!first) throw new Error('no batch');
    // Nothing random in it, so that both take the same step.
    const task = withoutDropout(tinyTask(3));
    let state = new Map<string, Float32Array>();
    let wanted: number[] = [];
    await withTrainer(task, async (trainer) => {
      for (const step of [1, 2]) await trainer.train(first, 0.01, step);
      state = await trainer.state();
      await trainer.train(first, 0.01, 3);
      wanted = [...((await trainer.weights()).get('dense/kernel')?.data ?? [])];
    });
    await withTrainer(task, async (trainer) => {
      await trainer.train(first, 0.01, 1);
      await trainer.restore(state);
      await trainer.train(first, 0.01, 3);
      const kernel = (await trainer.weights()).get('dense/kernel')?.data ?? [];
      for (const [i, value] of wanted.entries()) expect(kernel[i]).toBeCloseTo(value, 5);
      await expect(trainer.restore(new Map())).rejects.toMatchObject({ code: 'checkpoint-mismatch' });
    });
  });

  it('answers numbers', async () => {
    const config = {
      class_name: 'Sequential',
      config: {
        name: 'r',
        layers: [
          {
            class_name: 'Dense',
            config: { name: 'dense', units: 1, activation: 'linear', batch_input_shape: [null, 1] },
          },
        ],
      },
    };
    const x = Float32Array.from({ length: 64 }, (_, i) => i / 64);
    const task: TrainingTask = { config, input: { kind: 'floats' }, loss: 'mean_squared_error', seed: 1 };
    await withTrainer(task, async (trainer) => {
      const batch = { count: 64, x, y: x.map((value) => 0.5 * value + 0.25) };
      for (let step = 1; step <= 300; step++) await trainer.train(batch, 0.02, step);
      const { loss, measure, outputs } = await trainer.evaluate(batch);
      expect(loss).toBeLessThan(1e-4);
      expect(measure / 64).toBeLessThan(0.01);
      expect(outputs[63]).toBeCloseTo(0.5 * (63 / 64) + 0.25, 1);
    });
  });
}

function withoutDropout(task: TrainingTask): TrainingTask {
  const { layers: list, ...rest } = task.config.config as { layers: { class_name: string }[] };
  const kept = list.filter((layer) => layer.class_name !== 'Dropout');
  return { ...task, config: { ...task.config, config: { ...rest, layers: kept } } };
}
