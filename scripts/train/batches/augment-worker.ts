import { answerJobs } from '#system';
import { type AugmentJob, type AugmentSetup, augmentBatch } from './augment.ts';

answerJobs(({ pixels, size, options, seed }: AugmentSetup) => {
  const pictures = new Uint8Array(pixels);
  return ({ epoch, chosen }: AugmentJob) => augmentBatch(pictures, chosen, size, options, seed, epoch);
});
