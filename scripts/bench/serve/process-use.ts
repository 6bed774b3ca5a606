import { readdir, readFile } from 'node:fs/promises';

/** Milliseconds of processor time that all threads of a process have had; undefined where the system does not tell (not Linux). */
export async function processorTime(pid: number | undefined): Promise<number | undefined> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder).catch(() => undefined);
  if (!threads) return undefined;
  const texts = await Promise.all(threads.map((id) => readFile(`${folder}/${id}/schedstat`, 'utf8').catch(() => '0')));
  return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e6, 0);
}

/** MB that a process holds now, and the most that it ever held. */
export async function memoryOf(pid: number | undefined): Promise<{ now: number; peak: number } | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const mb = (name: string) => Math.round(Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1]) / 1024);
  return { now: mb('VmRSS'), peak: mb('VmHWM') };
}
