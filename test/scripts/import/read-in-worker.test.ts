import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPath, readInWorker } from '../../../scripts/import/read-in-worker.ts';
import { readAll } from '../../../scripts/read/read-model.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/keras/${name}`, import.meta.url));
const MODEL = fixture('trained-with-adam.k3.keras');
const SCALER = fileURLToPath(new URL('../../fixtures/pickle/min-max.protocol-4.pkl', import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-read-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('readInWorker', () => {
  it('answers what reading in this thread does', async () => {
    const files = { scaler: SCALER };
    expect(await readInWorker(MODEL, files)).toEqual(await readAll(MODEL, files));
  });

  it('keeps the code, the details and the remedy of a refusal', async () => {
    const path = fixture('refuse-lambda.k3.keras');
    const [there, here] = await Promise.all([readInWorker(path), readAll(path)].map((one) => one.catch((e) => e)));
    expect(there).toMatchObject({
      code: 'custom-object',
      message: here.message,
      remedy: here.remedy,
      details: here.details,
    });
  });

  it.each([
    ['time', { seconds: 0.001 }],
    ['memory', { residentBytes: 1e6 }],
  ])('ends the thread that takes too much %s', async (_, limits) => {
    await expect(readInWorker(MODEL, {}, limits)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('a path', () => {
  it('that is not there is said before a thread is started', async () => {
    await expect(checkPath(join(folder, 'absent.keras'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of no known format names those that are', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'no model\n');
    await expect(readAll(path)).rejects.toMatchObject({
      code: 'format-unknown',
      remedy: expect.stringContaining('ONNX'),
    });
  });
});
