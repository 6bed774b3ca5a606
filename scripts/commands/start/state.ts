import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { replaceFile } from '#system';

/** What `npm start` remembers from one time to the next. */
export interface StartState {
  /** Fingerprint of the training that was finished, and the model that came of it (`NAME@VERSION`). */
  readonly finished?: { readonly fingerprint: string; readonly model: string };
}

export async function readState(file: string): Promise<StartState> {
  try {
    const state: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof state === 'object' && state !== null ? state : {};
  } catch {
    // Absent or cut off: every step looks at its inputs afresh.
    return {};
  }
}

export async function writeState(file: string, state: StartState): Promise<void> {
  await replaceFile(file, JSON.stringify(state));
}

/** A hash over options and over every source file in the folders: what comes of them may differ once any of it does. */
export async function fingerprint(options: readonly string[], folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      hash.update(`\0${relative(folder, file).split(sep).join('/')}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}
