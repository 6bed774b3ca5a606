import { readdir, readFile } from 'node:fs/promises';

/** Milliseconds of processor time that all threads of a process have had; undefined where the system does not tell (not Linux). */
export async function processorTime(pid: number | undefined): Promise<number | undefined> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder).catch(() => undefined);
  if (!threads) return undefined;
  const texts = await Promise.all(threads.map((id) => readFile(`${folder}/${id}/schedstat`, 'utf8').catch(() => '0')));
  return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e6, 0);
}
