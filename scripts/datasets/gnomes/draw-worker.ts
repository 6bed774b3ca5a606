import { writeFile } from 'node:fs/promises';
import { answerJobs } from '#system';
import type { Task } from './draw-set.ts';
import { pictureFile } from './picture-file.ts';

answerJobs((side: number) => async ({ scene, label, path }: Task) => {
  await writeFile(path, await pictureFile(scene, label, side));
});
