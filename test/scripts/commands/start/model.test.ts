import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ErrorCode, FreezeframeError } from '@freezeframe/inference';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureModel } from '../../../../scripts/commands/start/model.ts';
import type { TrainOutcome } from '../../../../scripts/commands/start/train-child.ts';
import type { ModelStore } from '../../../../scripts/store/model-store.ts';
import { openStore } from '../../../../scripts/store/places.ts';
import { saveTinyModel } from '../../tiny-model.ts';

describe('ensureModel', () => {
  let work: string;
  let store: ModelStore;
  let trained: (readonly string[])[];
  let fail: ErrorCode | undefined;

  const ensure = (words = ['gnomes', '--name', 'gnomes']) =>
    ensureModel({
      store,
      stateFile: join(work, 'start.json'),
      words,
      sources: [join(work, 'source')],
      train: async (given): Promise<TrainOutcome> => {
        trained.push(given);
        if (fail) return { ok: false, error: new FreezeframeError(fail, 'failed') };
        const { name, version } = await saveTinyModel(store, 'gnomes', 10 + trained.length);
        return { ok: true, name, version, metrics: { accuracy: 1 } };
      },
    });

  beforeEach(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-model-'));
    await mkdir(join(work, 'source'));
    await writeFile(join(work, 'source', 'a.ts'), 'one');
    store = openStore(join(work, 'store'));
    trained = [];
    fail = undefined;
  });
  afterEach(() => rm(work, { recursive: true }));

  it('trains once, and again only when options, sources or the model itself are others', async () => {
    expect(await ensure()).toEqual({ model: 'gnomes@1', metrics: { accuracy: 1 } });
    expect(await ensure()).toEqual({ model: 'gnomes@1' });
    expect((await ensure(['gnomes', '--name', 'gnomes', '--seed', '2'])).model).toBe('gnomes@2');
    await writeFile(join(work, 'source', 'a.ts'), 'two');
    expect((await ensure()).model).toBe('gnomes@3');
    await store.remove('gnomes@3');
    expect((await ensure()).model).toBe('gnomes@4');
    expect(trained).toHaveLength(4);
  });

  it('looks at the sources that the sample model comes of, where nobody names others', async () => {
    const train = async (): Promise<TrainOutcome> => ({ ok: true, name: 'gnomes', version: '1', metrics: {} });
    expect(await ensureModel({ store, stateFile: join(work, 'start.json'), train })).toMatchObject({
      model: 'gnomes@1',
    });
  });

  it('says what was wrong with a training, and how to go on after Ctrl-C in its own words', async () => {
    fail = 'training-diverged';
    await expect(ensure()).rejects.toMatchObject({ code: 'training-diverged' });
    fail = 'interrupted';
    await expect(ensure()).rejects.toMatchObject({
      code: 'interrupted',
      message: 'failed',
      remedy: 'Start it again the same way: what has been done is kept.',
    });
    fail = undefined;
    expect((await ensure()).model).toBe('gnomes@1');
    expect(trained.flat()).not.toContain('--resume');
  });
});
