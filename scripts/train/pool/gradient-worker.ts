import { answerJobs } from '#system';
import { type GradientJob, GradientRunner, type GradientSetup } from './gradient-runner.ts';

answerJobs(async (setup: GradientSetup) => {
  const runner = await GradientRunner.open(setup);
  return (job: GradientJob) => runner.run(job);
});
