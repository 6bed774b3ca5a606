import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPath, limitsFor, sizeOf } from '../../../../scripts/import/process/limits.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freezeframe-limits-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a path', () => {
  it('that is not there is said before a process is started', async () => {
    await expect(checkPath(join(folder, 'absent.keras'))).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('limits', () => {
  it('grow with the file, and never beyond the machine', async () => {
    expect(limitsFor(0)).toEqual({ seconds: 60, bytes: expect.any(Number) });
    expect(limitsFor(100e6).seconds).toBe(260);
    expect(limitsFor(100e6).bytes).toBeGreaterThan(limitsFor(0).bytes);
    expect(limitsFor(1e15).bytes).toBe(limitsFor(1e16).bytes);
  });

  it('count a folder by its files', async () => {
    await mkdir(join(folder, 'some/deeper'), { recursive: true });
    await writeFile(join(folder, 'some/a'), new Uint8Array(10));
    await writeFile(join(folder, 'some/deeper/b'), new Uint8Array(5));
    expect(await sizeOf(join(folder, 'some'))).toBe(15);
    expect(await sizeOf(join(folder, 'absent'))).toBe(0);
  });
});
