import { rm } from 'node:fs/promises';
import { loadClassifier } from '@freezeframe/inference';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { warm } from '../../../../functions/shared/runtime/warm.ts';
import { colourModel, writeModels } from '../../models.ts';

const lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines.length = 0;
  const collect = (line: string | Uint8Array) => Boolean(lines.push(JSON.parse(String(line))));
  vi.spyOn(process.stdout, 'write').mockImplementation(collect);
  vi.spyOn(process.stderr, 'write').mockImplementation(collect);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('warm', () => {
  it('loads the default model once, so that the first invocation finds it', async () => {
    process.env.MODELS_DIR = await writeModels([colourModel()]);
    await warm();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'INFO', message: 'model loaded', ms: expect.any(Number) });
    await rm(process.env.MODELS_DIR, { recursive: true });
    // The folder is gone: only what is in memory can answer.
    expect((await loadClassifier()).manifest.name).toBe('colours');
    delete process.env.MODELS_DIR;
  });

  it('logs a failure with its cause, does not throw, and lets the next try succeed', async () => {
    let tries = 0;
    const load = async () => {
      if (tries++ === 0) throw new Error('not yet', { cause: new Error('disk') });
    };
    await warm(load);
    expect(lines[0]).toMatchObject({ level: 'ERROR', reason: 'not yet', cause: { reason: 'disk' } });
    await warm(load);
    expect(lines[1]).toMatchObject({ level: 'INFO' });
  });
});
