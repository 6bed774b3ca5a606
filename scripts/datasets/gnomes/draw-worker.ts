import { writeFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Task } from './draw-set.ts';
import { pictureFile } from './picture-file.ts';

const { tasks, side } = workerData as { tasks: Task[]; side: number };
for (const { scene, label, path } of tasks) {
  await writeFile(path, await pictureFile(scene, label, side));
  parentPort?.postMessage('drawn');
}
