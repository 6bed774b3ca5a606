import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../../../scripts/read/read-model.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-read-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a path', () => {
  it('of no known format names those that are', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'no model\n');
    await expect(readAll(path)).rejects.toMatchObject({
      code: 'format-unknown',
      remedy: expect.stringContaining('ONNX'),
    });
  });
});
