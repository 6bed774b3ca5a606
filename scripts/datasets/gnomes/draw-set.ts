import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { claimFolder, JobThread, makeFolder, makeTemporaryFolder, sweepTemporary, writeDurable } from '#system';
import { startProgress } from '#terminal';
import { SPLITS, type SplitName } from '../dataset.ts';
import { LABELS, type Label, RECIPE } from './picture.ts';
import { pictureFile } from './picture-file.ts';

/** One picture to draw: the scene's name is its seed, so who draws it and when does not matter. */
export interface Task {
  scene: string;
  label: Label;
  path: string;
}

/** What a set is drawn from; kept beside the pictures, so that a set of another recipe is drawn anew. */
export interface SetPlan {
  recipe: number;
  seed: number;
  /** Pictures are square; this is their side in pixels. */
  side: number;
  /** Pictures per class in each split. */
  counts: Record<SplitName, number>;
}

export const DEFAULT_PLAN: Omit<SetPlan, 'seed'> = {
  recipe: RECIPE,
  side: 96,
  counts: { train: 550, validation: 100, test: 150 },
};

const ABOUT = 'about.json';
/** A thread takes half a second to start; in that time so many pictures are drawn. */
const WORTH_A_THREAD = 50;

/**
 * Makes sure that `folder` holds the whole set of this plan and nothing else. The set is drawn beside it and gets the
 * name when it is complete: a kill at any moment leaves the old set, the new one or none, never a part.
 * @returns whether it had to be drawn.
 */
export async function ensureSet(folder: string, plan: SetPlan): Promise<boolean> {
  const about = JSON.stringify(plan);
  if (await holds(folder, about)) return false;
  // Beside the target, so that a rename moves it; hidden, so that nobody takes it for a data set.
  const parent = join(dirname(folder), '.drawing');
  await sweepTemporary(parent);
  const fresh = await makeTemporaryFolder(parent);
  const old = await makeTemporaryFolder(parent);
  try {
    await drawAll(fresh, plan);
    await writeDurable(join(fresh, ABOUT), about);
    // Where another process was quicker its set is the same, picture by picture, and somebody may be reading it by now.
    if ((await claimFolder(fresh, folder)) || (await holds(folder, about))) return true;
    await rename(folder, join(old, 'set')).catch(() => undefined);
    await claimFolder(fresh, folder);
  } finally {
    for (const rest of [fresh, old]) await rm(rest, { recursive: true, force: true });
  }
  return true;
}

async function holds(folder: string, about: string): Promise<boolean> {
  return (await readFile(join(folder, ABOUT), 'utf8').catch(() => '')) === about;
}

/** Every picture of a plan. No scene is shared: split and label are part of its name, and so of its seed. */
export function tasksOf(folder: string, { seed, counts }: SetPlan): Task[] {
  const tasks: Task[] = [];
  for (const split of SPLITS)
    for (let index = 0; index < counts[split]; index++)
      for (const label of LABELS) {
        const path = join(folder, split, label, `${String(index + 1).padStart(4, '0')}.png`);
        tasks.push({ scene: `${seed}/${split}/${label}/${index}`, label, path });
      }
  return tasks;
}

async function drawAll(folder: string, plan: SetPlan): Promise<void> {
  for (const split of SPLITS) for (const label of LABELS) await makeFolder(join(folder, split, label));
  const tasks = tasksOf(folder, plan);
  const threads = Math.min(4, availableParallelism(), Math.floor(tasks.length / WORTH_A_THREAD));
  if (threads === 0) {
    for (const { scene, label, path } of tasks) await writeFile(path, await pictureFile(scene, label, plan.side));
    return;
  }
  const progress = startProgress('Drawing garden gnomes', tasks.length, 'pictures');
  const module = new URL('./draw-worker.ts', import.meta.url);
  const workers = Array.from({ length: threads }, () => new JobThread<Task>(module, plan.side));
  // Whichever thread is free takes the next one.
  const left = tasks.values();
  let done = 0;
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const task of left) {
          await worker.run(task);
          progress.update(++done);
        }
      }),
    );
  } finally {
    progress.stop();
    await Promise.all(workers.map((worker) => worker.close()));
  }
}
