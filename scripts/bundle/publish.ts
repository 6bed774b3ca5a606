import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, replaceFile } from '#system';
import type { UnitRecord } from './unit.ts';

const RECORDS = '.records.json';

/** There while units are moved into place; what was ended meanwhile leaves it, and parts of two builds. */
const UNFINISHED = '.unfinished';

/**
 * Moves what was staged into place, and takes away functions that no longer exist. Readers of more than one unit look only
 * while nobody is at it: `alone(outDir, 'publishing')`.
 */
export async function publish(
  outDir: string,
  staging: string,
  rebuilt: readonly string[],
  summary: unknown,
  records: Readonly<Record<string, UnitRecord>>,
): Promise<void> {
  // Should this be cut off half-way, the next build must believe nothing.
  await writeFile(join(outDir, UNFINISHED), '');
  if (rebuilt.length > 0) await rm(join(outDir, RECORDS), { force: true });
  const old = join(staging, '.old');
  const replace = async (name: string, there: boolean) => {
    const target = join(outDir, name);
    const aside = join(old, name);
    await Promise.all([makeFolder(dirname(target)), makeFolder(dirname(aside))]);
    await rename(target, aside).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    if (there) await rename(join(staging, name), target);
  };
  for (const name of rebuilt) {
    await replace(name, true);
    await replace(`${name}.zip`, true);
  }
  for (const kind of ['functions', 'layers']) {
    for (const entry of await readdir(join(outDir, kind)).catch(() => [])) {
      if (!records[`${kind}/${entry.replace(/\.zip$/, '')}`]) await replace(`${kind}/${entry}`, false);
    }
  }
  await replaceFile(join(outDir, 'bundle.json'), asText(summary));
  await replaceFile(join(outDir, RECORDS), asText(records));
  await rm(join(outDir, UNFINISHED), { force: true });
}

/** Whether a bundle was ended while it was put in place. */
export async function isUnfinished(outDir: string): Promise<boolean> {
  return stat(join(outDir, UNFINISHED)).then(
    () => true,
    () => false,
  );
}

function asText(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** What the last build left; empty where there was none. */
export async function readRecords(outDir: string): Promise<Record<string, UnitRecord>> {
  try {
    return JSON.parse(await readFile(join(outDir, RECORDS), 'utf8'));
  } catch {
    // Absent or cut off: everything is built again.
    return {};
  }
}

/** Changes with every bundle that is not the one before; undefined where there is none, or one is being put in place. */
export async function buildStamp(outDir: string): Promise<string | undefined> {
  const records = await readFile(join(outDir, RECORDS)).catch(() => undefined);
  if (!records || (await isUnfinished(outDir))) return undefined;
  return createHash('sha256').update(records).digest('hex');
}

/** The folder in which a process prepares its output. */
export function stagingName(pid: number): string {
  return `.staging-${pid}`;
}

/** The folder of a process that runs what was built. */
export function runningName(pid: number, count: number): string {
  return `.running-${pid}-${count}`;
}

/** Takes away what killed processes left behind. */
export async function removeAbandoned(outDir: string): Promise<void> {
  for (const name of await readdir(outDir).catch(() => [])) {
    const [, kind, digits] = /^\.(staging|running)-(\d+)(?:-\d+)?$/.exec(name) ?? [];
    const pid = Number(digits);
    const ours = kind === 'staging' && pid === process.pid;
    if (pid && (ours || !isAlive(pid))) await rm(join(outDir, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
