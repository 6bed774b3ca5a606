import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trainer, TrainingBackend } from '../../../scripts/train/backends/backend.ts';
import { onnxBackend } from '../../../scripts/train/backends/onnx.ts';
import { type TrainingResult, type TrainOptions, train } from '../../../scripts/train/train.ts';
import { halves, tinyData, tinySettings, tinyTask } from './tiny.ts';

let folder: string;
let backend: TrainingBackend;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-train-'));
  backend = await onnxBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const augment = { flip: false, shift: 0.1, rotate: 5, brightness: 0.1 };

function options(more: Partial<TrainOptions> = {}): TrainOptions {
  return { backend, task: tinyTask(), data: tinyData, settings: tinySettings, ...more };
}

async function weightsOf(run: Promise<TrainingResult>): Promise<[string, number[]][]> {
  const result = await run;
  await result.close();
  return [...result.weights].map(([key, { data }]) => [key, [...new Uint32Array(data.slice().buffer)]]);
}

describe('train', () => {
  it('learns, and tells of each step and epoch', async () => {
    const steps: string[] = [];
    const epochs: number[] = [];
    const settings = { ...tinySettings, epochs: 12, learningRate: 0.02 };
    const result = await train(
      options({
        settings,
        onStep: ({ epoch, step, stepsPerEpoch }) => steps.push(`${epoch}: ${step}/${stepsPerEpoch}`),
        onEpoch: ({ epoch }) => epochs.push(epoch),
      }),
    );
    const { measure, outputs } = await result.evaluate(halves(100, 3));
    await result.close();
    expect(measure).toBeGreaterThan(0.95);
    expect(outputs.length).toBe(200);
    expect(steps.slice(0, 5)).toEqual(['1: 1/4', '1: 2/4', '1: 3/4', '1: 4/4', '2: 1/4']);
    expect(epochs).toEqual(result.history.map(({ epoch }) => epoch));
    expect(result.seconds).toBeGreaterThan(0);
  });

  it('ends with the same weights for the same seed, with others for another', async () => {
    const first = await weightsOf(train(options()));
    expect(await weightsOf(train(options()))).toEqual(first);
    expect(await weightsOf(train(options({ task: tinyTask(2) })))).not.toEqual(first);
  });

  it.each([
    ['plain', tinySettings],
    ['varied', { ...tinySettings, augment }],
    ['averaged', { ...tinySettings, averaging: 0.9 }],
  ])(
    'resumed after any epoch ends with the bits of an uninterrupted training (%s pictures)',
    async (name, settings) => {
      const whole = await weightsOf(train(options({ settings })));
      for (const stopAfter of [0, 1, 3]) {
        const checkpoint = join(folder, `${name}-${stopAfter}`);
        const controller = new AbortController();
        if (stopAfter === 0) controller.abort();
        const stopped = train(
          options({
            settings,
            checkpoint,
            signal: controller.signal,
            // In the middle of the next epoch: what it has done is done again.
            onStep: ({ epoch, step }) => epoch === stopAfter + 1 && step === 2 && controller.abort(),
          }),
        );
        const kept = stopAfter === 1 ? '1 whole epoch' : `${stopAfter} whole epochs`;
        await expect(stopped).rejects.toMatchObject({
          code: 'interrupted',
          message: `Training was stopped in epoch ${stopAfter + 1}; kept: ${kept}`,
          details: { epochs: stopAfter },
        });
        let epochs = 0;
        const resumed = train(options({ settings, checkpoint, resume: true, onEpoch: () => epochs++ }));
        expect(await weightsOf(resumed)).toEqual(whole);
        expect(epochs).toBe(tinySettings.epochs - stopAfter);
      }
    },
  );

  it('resumes nothing where there is nothing, and does nothing where all is done', async () => {
    const checkpoint = join(folder, 'fresh');
    await expect(train(options({ checkpoint, resume: true }))).rejects.toMatchObject({
      code: 'nothing-to-resume',
      remedy: expect.stringContaining('A head on a pretrained network goes on by itself'),
    });
    const first = await weightsOf(train(options({ checkpoint })));
    let steps = 0;
    expect(await weightsOf(train(options({ checkpoint, resume: true, onStep: () => steps++ })))).toEqual(first);
    expect(steps).toBe(0);
  });

  it('does not resume another training', async () => {
    const checkpoint = join(folder, 'other');
    await weightsOf(train(options({ checkpoint, dataDigest: 'a' })));
    const resume = (more: Partial<TrainOptions>) =>
      train(options({ checkpoint, resume: true, dataDigest: 'a', ...more }));
    const mismatch = { code: 'checkpoint-mismatch' };
    await expect(resume({ task: tinyTask(2) })).rejects.toMatchObject(mismatch);
    await expect(resume({ settings: { ...tinySettings, batchSize: 8 } })).rejects.toMatchObject(mismatch);
    await expect(resume({ dataDigest: 'b' })).rejects.toMatchObject(mismatch);
    await writeFile(checkpoint, 'half a chec');
    await expect(resume({})).rejects.toMatchObject({ code: 'checkpoint-damaged' });
  });
});

/** A model whose validation results are given, epoch by epoch, and whose weights say which epoch they are of. */
function scripted(results: readonly { measure: number; loss: number }[]): TrainingBackend {
  let [epoch, kept] = [0, 0];
  const trainer: Trainer = {
    train: async () => ({ loss: 1, measure: 1 }),
    evaluate: async ({ count }) => {
      const { measure, loss } = results[epoch++] as (typeof results)[number];
      return { loss, measure: measure * count, outputs: new Float32Array(2 * count) };
    },
    weights: async () => new Map([['epoch', { shape: [1], data: Float32Array.of(kept) }]]),
    answering: async () => new Map(),
    state: async () => new Map([['epoch', Float32Array.of(epoch)]]),
    restore: async (state) => {
      kept = state.get('epoch')?.[0] as number;
    },
    close: async () => {},
  };
  return { name: 'onnx', engine: 'scripted', exact: true, open: async () => trainer };
}

describe('the epoch that is kept', () => {
  const run = async (results: readonly { measure: number; loss: number }[], more: Partial<TrainOptions> = {}) => {
    const settings = { ...tinySettings, epochs: results.length, patience: 2 };
    const result = await train(options({ backend: scripted(results), settings, ...more }));
    return { kept: result.weights.get('epoch')?.data[0], best: result.bestEpoch, epochs: result.history.length };
  };

  it('is the one with the fewest errors; the loss decides between equals', async () => {
    const results = [
      { measure: 0.5, loss: 3 },
      { measure: 0.9, loss: 2 },
      { measure: 0.9, loss: 1 },
      { measure: 0.8, loss: 0.5 },
    ];
    expect(await run(results)).toEqual({ kept: 3, best: 3, epochs: 4 });
  });

  it('is the last where that is asked for', async () => {
    const results = [
      { measure: 0.5, loss: 1 },
      { measure: 0.9, loss: 0.4 },
      { measure: 0.8, loss: 0.3 },
    ];
    const settings = { ...tinySettings, epochs: 3, patience: 2, keep: 'last' } as const;
    expect(await run(results, { settings })).toEqual({ kept: 3, best: 3, epochs: 3 });
  });

  it('is the one with the smallest loss where numbers are answered', async () => {
    const results = [
      { measure: 0.5, loss: 3 },
      { measure: 0.9, loss: 1 },
      { measure: 0.1, loss: 2 },
    ];
    const task = { ...tinyTask(), loss: 'mean_squared_error' as const };
    expect(await run(results, { task })).toEqual({ kept: 2, best: 2, epochs: 3 });
  });

  it('ends the training when none was better for as long as the patience lasts', async () => {
    const results = [0.5, 0.8, 0.7, 0.6, 0.9].map((measure) => ({ measure, loss: 1 }));
    expect(await run(results)).toEqual({ kept: 2, best: 2, epochs: 4 });
  });

  it.each([
    ['loss', { loss: Number.NaN, answer: 0 }],
    ['loss', { loss: Number.POSITIVE_INFINITY, answer: 0 }],
    ['answer', { loss: 1, answer: Number.NaN }],
  ])('is none whose validation has no finite %s', async (what, { loss, answer }) => {
    const diverging = scripted([]);
    const open = async () => ({
      ...(await diverging.open(tinyTask())),
      evaluate: async ({ count }: { count: number }) => ({
        loss,
        measure: count,
        outputs: new Float32Array(2 * count).fill(answer, 3),
      }),
    });
    await expect(train(options({ backend: { ...diverging, open } }))).rejects.toMatchObject({
      code: 'training-diverged',
      message: expect.stringContaining(what),
    });
  });

  it('does not end with numbers that are none', async () => {
    const diverging = scripted([{ measure: 1, loss: 1 }]);
    const open = async () => ({
      ...(await diverging.open(tinyTask())),
      train: async () => ({ loss: Number.NaN, measure: 0 }),
    });
    await expect(train(options({ backend: { ...diverging, open } }))).rejects.toMatchObject({
      code: 'training-diverged',
    });
  });
});
