import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { answerJobs } from '../../../../scripts/system/index.ts';

answerJobs((factor: number) => async (job: number | string | Int32Array) => {
  if (job instanceof Int32Array) return count(job);
  if (job === 'exit') process.exit(3);
  if (job === 'refuse') throw new FreezeframeError('used-wrongly', 'no', { remedy: 'Do not.', details: { job } });
  if (job === 'open') await readFile(join(tmpdir(), 'no such file'));
  if (typeof job === 'string') throw new Error(job);
  // The first job takes longest: answers come in order all the same.
  await new Promise((resolve) => setTimeout(resolve, 40 - job * 10));
  return Float32Array.of(job * factor);
});

/** Takes a while, as an engine does, and then counts: in memory that the other thread sees. */
function count(done: Int32Array): Float32Array {
  Atomics.store(done, 0, 1);
  Atomics.wait(done, 1, 0, 300);
  Atomics.add(done, 0, 1);
  return new Float32Array(0);
}
