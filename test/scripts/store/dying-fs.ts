// Stands in for node:fs/promises in crash.e2e.test.ts: the process kills itself in the DIE_AT-th call that changes anything.
import { writeSync } from 'node:fs';

const real = process.getBuiltinModule('node:fs/promises');
const dieAt = Number(process.env.DIE_AT);
let calls = 0;

/** Runs the call, or in its place `partly`, of which the disk then has what it has. */
async function step<T>(name: string, call: () => Promise<T>, partly?: () => Promise<unknown>): Promise<T> {
  calls++;
  if (calls !== dieAt) return call();
  writeSync(1, `dying ${name}\n`);
  await partly?.();
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way: nothing may happen after it was sent.
  return new Promise(() => undefined);
}

export const { readFile, readdir, realpath, stat } = real;
export const mkdir: typeof real.mkdir = ((...words: Parameters<typeof real.mkdir>) =>
  step('mkdir', () => real.mkdir(...words))) as typeof real.mkdir;
export const rename: typeof real.rename = (from, to) => step('rename', () => real.rename(from, to));

export const rm: typeof real.rm = (path, options) =>
  step(
    'rm',
    () => real.rm(path, options),
    async () => {
      // Half of a recursive removal: the first entry is gone.
      const [first] = await real.readdir(path).catch(() => []);
      if (first !== undefined) await real.rm(`${String(path)}/${first}`, options);
    },
  );

export const open: typeof real.open = async (path, flags) => {
  const handle = await step('open', () => real.open(path, flags));
  const { writeFile, sync } = handle;
  handle.writeFile = (content) =>
    step(
      'write',
      () => writeFile.call(handle, content),
      // Less than half: a tag is two bytes, of which the first alone would do.
      () => writeFile.call(handle, (content as string | Uint8Array).slice(0, (content as string).length / 2 - 1)),
    );
  handle.sync = () => step('sync', () => sync.call(handle));
  return handle;
};
