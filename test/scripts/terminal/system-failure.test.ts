import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeSystemFailure } from '../../../scripts/terminal/system-failure.ts';

describe('describeSystemFailure', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-system-'));
    await writeFile(join(folder, 'file'), '');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('gives a folder that cannot be made its remedy, although the system says that there is none', () => {
    const error = Object.assign(new Error('ENOENT: mkdir'), { code: 'ENOENT', syscall: 'mkdir', path: '/proc/x' });
    expect(describeSystemFailure(error)).toMatchObject({
      code: 'system-refused',
      remedy: expect.stringContaining('rights'),
    });
    const absent = Object.assign(new Error('ENOENT: open'), { code: 'ENOENT', syscall: 'open' });
    expect(describeSystemFailure(absent)).toBe(absent);
  });

  it('gives a file in the place of a folder its remedy', async () => {
    const path = join(folder, 'file', 'models');
    const error = await mkdir(path, { recursive: true }).catch((cause: unknown) => cause);
    expect(describeSystemFailure(error)).toMatchObject({
      code: 'system-refused',
      remedy: expect.stringContaining('FREEZEFRAME_STORE'),
      details: { code: 'ENOTDIR', path },
      cause: error,
    });
  });

  it.each([
    ['ENOSPC', /room/],
    ['EROFS', /rights/],
    ['EMFILE', /ulimit -n/],
    ['EFBIG', /ulimit -f/],
  ])('knows what to do about %s', (code, remedy) => {
    const error = Object.assign(new Error(`${code}: refused, write`), { code, syscall: 'write' });
    expect(describeSystemFailure(error)).toMatchObject({ remedy: expect.stringMatching(remedy), details: { code } });
  });

  it('leaves mistakes of the program, and errors that say what they mean, as they are', async () => {
    const absent = await readFile(join(folder, 'absent')).catch((cause: unknown) => cause);
    const own = new FreezeframeError('used-wrongly', 'wrong');
    for (const error of [absent, own, new TypeError('x'), 'text', undefined]) {
      expect(describeSystemFailure(error)).toBe(error);
    }
  });
});
