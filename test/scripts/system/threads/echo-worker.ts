import { answerJobs } from '../../../../scripts/system/index.ts';

answerJobs((factor: number) => async (job: number | string) => {
  if (job === 'exit') process.exit(3);
  if (typeof job === 'string') throw new Error(job);
  // The first job takes longest: answers come in order all the same.
  await new Promise((resolve) => setTimeout(resolve, 40 - job * 10));
  return Float32Array.of(job * factor);
});
