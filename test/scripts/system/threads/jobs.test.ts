import { FreezeframeError } from '@freezeframe/inference';
import { afterEach, describe, expect, it } from 'vitest';
import { JobThread } from '../../../../scripts/system/index.ts';

const open: JobThread<number | string | Int32Array, Float32Array>[] = [];
const start = (factor: number) => {
  const thread = new JobThread<number | string | Int32Array, Float32Array>(
    new URL('./echo-worker.ts', import.meta.url),
    factor,
  );
  open.push(thread);
  return thread;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((thread) => thread.close()));
});

describe('a thread that does jobs', () => {
  it('answers in the order of the jobs', async () => {
    const thread = start(10);
    const answers = await Promise.all([1, 2, 3].map((job) => thread.run(job)));
    expect(answers.map((answer) => [...answer])).toEqual([[10], [20], [30]]);
  });

  it("rejects with a job's error, and does the next one", async () => {
    const thread = start(2);
    const broken = thread.run('no such picture');
    const next = thread.run(4);
    await expect(broken).rejects.toThrow('no such picture');
    expect([...(await next)]).toEqual([8]);
  });

  it('keeps what an error says besides its message', async () => {
    const thread = start(2);
    const refused = await thread.run('refuse').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FreezeframeError);
    expect(refused).toMatchObject({ code: 'used-wrongly', remedy: 'Do not.', details: { job: 'refuse' } });
    await expect(thread.run('open')).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' });
  });

  it('rejects all that waits, and all that comes, when the thread is gone', async () => {
    const thread = start(2);
    const jobs = [thread.run('exit'), thread.run(1)];
    for (const job of jobs) await expect(job).rejects.toThrow('the thread of echo-worker.ts ended with code 3');
    await expect(thread.run(2)).rejects.toThrow('ended with code 3');
  });

  it('ends after the job that it is at, and rejects those that wait', async () => {
    const thread = start(2);
    const done = new Int32Array(new SharedArrayBuffer(8));
    const jobs = [thread.run(done), thread.run(done)];
    await expect.poll(() => Atomics.load(done, 0)).toBe(1);
    await thread.close();
    expect(Atomics.load(done, 0)).toBe(2);
    await expect(jobs[1]).rejects.toThrow('the thread of echo-worker.ts ended with code 0');
  });

  it('ends once it is open, though it was closed before', async () => {
    const thread = start(2);
    await thread.close();
    await expect(thread.run(1)).rejects.toThrow('ended with code 0');
    await thread.close();
  });
});
