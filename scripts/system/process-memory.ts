import { readFile } from 'node:fs/promises';

/** What a process holds now, and the most that it ever held. MB. */
export interface ProcessMemory {
  readonly now: number;
  readonly peak: number;
}

/** Undefined where the system does not tell (not Linux), and of a process that is gone. */
export async function memoryOf(pid: number | undefined): Promise<ProcessMemory | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [now, peak] = ['VmRSS', 'VmHWM'].map(
    (name) => Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1]) / 1024,
  ) as [number, number];
  return now > 0 ? { now, peak } : undefined;
}
