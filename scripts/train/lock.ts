import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { type LockOwner, takeLock } from '#system';
import { trainedFolder } from './trained-model.ts';

/**
 * Takes the right to train under `name`: two trainings would replace each other's checkpoint and trained model.
 * @returns gives it back.
 * @throws FreezeframeError `training-in-progress`, `name-not-valid`
 */
export async function lockTraining(name: string, storeRoot: string): Promise<() => Promise<void>> {
  // The name's rules are those of the trained model's folder.
  trainedFolder(name, storeRoot);
  const parent = join(storeRoot, 'training');
  const lock = join(parent, `${name}.lock`);
  return takeLock(lock, join(parent, 'released'), (owner) => inProgress(name, owner, lock));
}

function inProgress(name: string, owner: LockOwner | undefined, lock: string): FreezeframeError {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return new FreezeframeError('training-in-progress', `A training named ${name} is under way (${who})`, {
    remedy: `Wait for it, stop it, or choose another --name. If there is none, remove ${lock}`,
    details: { name, lock, ...(owner ? { pid: owner.pid, host: owner.host } : {}) },
  });
}
