import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SYSTEM = new URL('../../../../scripts/system/index.ts', import.meta.url).href;
const WORKER = new URL('./echo-worker.ts', import.meta.url).href;

// Stands for an engine at work: terminated there, it aborts the process.
it('lets a thread end the job that it is at before the process ends, and tells nobody', async () => {
  const script = `
    const { endProcess, JobThread } = await import(${JSON.stringify(SYSTEM)});
    const thread = new JobThread(new URL(${JSON.stringify(WORKER)}), 1);
    const done = new Int32Array(new SharedArrayBuffer(8));
    process.once('exit', () => process.stdout.write(String(done[0])));
    for (let i = 0; i < 3; i++) thread.run(done).then(() => console.log('answered'), () => console.log('rejected'));
    while (done[0] === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    endProcess(0);`;
  const words = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, words);
  expect([stdout, stderr]).toEqual(['2', '']);
});
