import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cost } from './cost.ts';

/** A frozen model with pictures to ask it about (none for one of numbers), or a bare graph that gets zeros. */
export interface CostJob {
  readonly folder?: string;
  readonly pictures?: readonly Uint8Array[];
  readonly graph?: Uint8Array | string;
}

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));
const LONGEST_MS = 60_000;

/**
 * Speed and memory in a process of its own: what else this one holds does not count. Nothing where it cannot be measured, or
 * takes more than a minute.
 */
export async function measureCost(job: CostJob): Promise<Cost> {
  const child = spawn(process.execPath, [CHILD], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const timer = setTimeout(end, LONGEST_MS);
  try {
    child.send(job, () => undefined);
    return await new Promise<Cost>((resolve, reject) => {
      child.once('message', (cost: Cost) => resolve(cost));
      child.once('error', reject).once('close', () => resolve({}));
    });
  } finally {
    clearTimeout(timer);
    process.off('exit', end);
    end();
  }
}
