import { join } from 'node:path';
import type { ManifestDraft } from '@freezeframe/inference';
import { tagsAt } from '#functions/models';
import { namesIn } from '#system';
import { readPins } from './tag-log.ts';
import type { TaggedShelf } from './tags.ts';

// <store>/models/<name>/3/<digest12>/{model.onnx,manifest.json}   version 3
//                       3/held.json                               version 3 is not to become production by itself
//                       3/removed.json                            version 3 was removed: its number stays taken
//                       history/17/moves.json                     the 17th move of tags, and where all were after it
//
// `latest` is no file: it is the highest number. `production` is the lowest that is not held, until a move says otherwise. So a first version has it, or is held, from the moment on which the version exists: there is no second step
// that a kill could prevent.

/** Twelve hex digits (48 bits) tell a name's versions apart and keep paths short. */
export const DIGEST_LENGTH = 12;
export const HELD = 'held.json';
export const REMOVED = 'removed.json';

/** Whether a version is not to become production by itself: what was measured says that it has learnt nothing. */
export function isHeld({ metrics }: Pick<ManifestDraft, 'metrics'>): boolean {
  return (metrics.constant as { verdict?: unknown } | undefined)?.verdict === 'not-better';
}

const NUMBER = /^[1-9][0-9]{0,8}$/;
const DIGEST = new RegExp(`^[0-9a-f]{${DIGEST_LENGTH}}$`);

export interface FolderShelf extends TaggedShelf {
  /** The highest number ever given, removed ones included; 0 where there is none. */
  readonly highest: number;
  /** Marked as removed, and the content is still there: somebody is at it, or died over it. */
  readonly halfRemoved: readonly string[];
  /** How many moves there were: the number of the last one. */
  readonly moves: number;
}

/** Reads what one model's folder holds. A folder that is not there is an empty shelf. */
export async function readShelf(folder: string, name: string): Promise<FolderShelf> {
  // Before the versions: one that a tag was moved to is among them.
  const { pins, moves } = await readPins(folder);
  const numbers = (await namesIn(folder))
    .filter((entry) => NUMBER.test(entry))
    .map(Number)
    .sort((a, b) => a - b);
  const folders = await Promise.all(numbers.map((number) => namesIn(join(folder, String(number)))));
  const versions: { version: string; digest: string; held: boolean }[] = [];
  const halfRemoved: string[] = [];
  for (const [index, entries] of folders.entries()) {
    const version = String(numbers[index]);
    const digest = entries.find((entry) => DIGEST.test(entry));
    if (digest === undefined) continue;
    if (entries.includes(REMOVED)) halfRemoved.push(version);
    else versions.push({ version, digest, held: entries.includes(HELD) });
  }
  return { name, versions, pins, moves, tags: tagsAt(pins, versions), highest: numbers.at(-1) ?? 0, halfRemoved };
}
