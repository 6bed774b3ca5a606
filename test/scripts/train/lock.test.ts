import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockTraining } from '../../../scripts/train/lock.ts';

let root = '';
const lock = () => join(root, 'training', 'digits.lock');

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'freezeframe-lock-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** The process id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('close', resolve));
  return child.pid as number;
}

async function leave(owner: unknown): Promise<void> {
  await mkdir(lock(), { recursive: true });
  await writeFile(join(lock(), 'owner.json'), typeof owner === 'string' ? owner : JSON.stringify(owner));
}

describe('the lock of a training', () => {
  it('is held by one at a time, and again after it was given back', async () => {
    const unlock = await lockTraining('digits', root);
    const refused = await lockTraining('digits', root).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FreezeframeError);
    expect(refused).toMatchObject({ code: 'training-in-progress', details: { pid: process.pid } });
    expect((refused as FreezeframeError).remedy).toContain('--name');
    const other = await lockTraining('letters', root);
    await unlock();
    await (await lockTraining('digits', root))();
    await other();
    expect(await readdir(join(root, 'training', 'released'))).toEqual([]);
  });

  it('goes to one of many that ask at once', async () => {
    await leave({ id: 'dead', pid: await deadProcess(), host: hostname() });
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockTraining('digits', root)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is taken over from a process that has ended', async () => {
    await leave({ id: 'dead', pid: await deadProcess(), host: hostname() });
    await lockTraining('digits', root);
    expect(JSON.parse(await readFile(join(lock(), 'owner.json'), 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it.skipIf(process.platform !== 'linux')(
    'is taken over where the process id has been given to another process (skipped where /proc does not tell)',
    async () => {
      await leave({ id: 'dead', pid: process.pid, host: hostname(), began: 'another boot 1' });
      await expect(lockTraining('digits', root)).resolves.toBeTypeOf('function');
    },
  );

  it('is taken over from another machine only when that has been silent for minutes', async () => {
    await leave({ id: 'far', pid: 1, host: 'another-machine' });
    await expect(lockTraining('digits', root)).rejects.toMatchObject({ code: 'training-in-progress' });
    const then = new Date(Date.now() - 10 * 60_000);
    await utimes(lock(), then, then);
    await expect(lockTraining('digits', root)).resolves.toBeTypeOf('function');
  });

  it.each([['no JSON'], ['{}'], ['[]'], ['{"id":"","pid":-1}']])(
    'a damaged one (%s) does not block for ever',
    async (owner) => {
      await leave(owner);
      const then = new Date(Date.now() - 10 * 60_000);
      await utimes(lock(), then, then);
      await expect(lockTraining('digits', root)).resolves.toBeTypeOf('function');
    },
  );

  it('leaves the lock of another alone when it gives back one that was removed by hand', async () => {
    const first = await lockTraining('digits', root);
    await rm(lock(), { recursive: true });
    await lockTraining('digits', root);
    await first();
    await expect(lockTraining('digits', root)).rejects.toMatchObject({ code: 'training-in-progress' });
  });

  it('takes names of models only', async () => {
    await expect(lockTraining('../digits', root)).rejects.toMatchObject({ code: 'name-not-valid' });
  });
});
