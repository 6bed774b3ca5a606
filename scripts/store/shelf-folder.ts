import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestDraft } from '@freezeframe/inference';
import { hasCode, namesIn } from '#system';
import type { Shelf } from './select.ts';

// <store>/models/<name>/3/<digest12>/{model.onnx,manifest.json}   version 3
//                       3/held.json                               version 3 is not to become production by itself
//                       3/removed.json                            version 3 was removed: its number stays taken
//                       tags/<tag>                                "3\n"
//
// `latest` is no file: it is the highest number. `production` is the lowest that is not held, until its file says
// otherwise. So a first version has it, or is held, from the moment on which the version exists: there is no second step
// that a kill could prevent.

/** Twelve hex digits (48 bits) tell a name's versions apart and keep paths short. */
export const DIGEST_LENGTH = 12;
export const HELD = 'held.json';
export const REMOVED = 'removed.json';
export const TAGS = 'tags';

/** Whether a version is not to become production by itself: what was measured says that it has learnt nothing. */
export function isHeld({ metrics }: Pick<ManifestDraft, 'metrics'>): boolean {
  return (metrics.constant as { verdict?: unknown } | undefined)?.verdict === 'not-better';
}

const NUMBER = /^[1-9][0-9]{0,8}$/;
const DIGEST = new RegExp(`^[0-9a-f]{${DIGEST_LENGTH}}$`);

export interface FolderShelf extends Shelf {
  /** The highest number ever given, removed ones included; 0 where there is none. */
  readonly highest: number;
  /** Marked as removed, and the content is still there: somebody is at it, or died over it. */
  readonly halfRemoved: readonly string[];
}

/** Reads what one model's folder holds. A folder that is not there is an empty shelf. */
export async function readShelf(folder: string, name: string): Promise<FolderShelf> {
  const numbers = (await namesIn(folder))
    .filter((entry) => NUMBER.test(entry))
    .map(Number)
    .sort((a, b) => a - b);
  const versions: { version: string; digest: string }[] = [];
  const halfRemoved: string[] = [];
  let first: string | undefined;
  for (const number of numbers) {
    const entries = await namesIn(join(folder, String(number)));
    const digest = entries.find((entry) => DIGEST.test(entry));
    if (digest === undefined) continue;
    if (entries.includes(REMOVED)) halfRemoved.push(String(number));
    else {
      versions.push({ version: String(number), digest });
      if (!entries.includes(HELD)) first ??= String(number);
    }
  }
  return { name, versions, tags: await readTags(folder, versions, first), highest: numbers.at(-1) ?? 0, halfRemoved };
}

/** @param first that is not held */
async function readTags(
  folder: string,
  versions: Shelf['versions'],
  first: string | undefined,
): Promise<Record<string, string>> {
  const last = versions.at(-1);
  const tags: Record<string, string> = {};
  if (first !== undefined) tags.production = first;
  for (const tag of await namesIn(join(folder, TAGS))) {
    const version = await readTag(folder, tag);
    if (version === undefined) continue;
    if (versions.some((one) => one.version === version)) tags[tag] = version;
    // It points at a version that is gone: no tag. Production too is then given to another one by a person only.
    else delete tags[tag];
  }
  if (last !== undefined) tags.latest = last.version;
  return tags;
}

/** The number in a tag's file, whether there is such a version or not; undefined where there is no file. */
export async function readTag(folder: string, tag: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, TAGS, tag), 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
