import { parentPort, workerData } from 'node:worker_threads';
import { type GradientJob, GradientRunner, type GradientSetup } from './gradient-runner.ts';

const runner = GradientRunner.open(workerData.setup as GradientSetup);

parentPort?.on('message', async (job: GradientJob) => {
  await (await runner).run(job);
  parentPort?.postMessage('done');
});
