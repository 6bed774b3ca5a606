import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import { type PinnedTags, pinnedTags, type TagChange, tagChange } from '#functions/models';
import { claimFolder, hasCode, makeFolder, makeTemporaryFolder, namesIn, syncFolder, writeDurable } from '#system';
import type { Retagging } from './tags.ts';

// Each move is a folder of its own, history/1, history/2, ..., which of several processes one can make. It says where every
// tag was after it, so that a reader needs the last one alone, and a kill leaves all of a move or nothing.

const HISTORY = 'history';
const MOVES = 'moves.json';
/** Where older versions kept a file for each tag. Read while nothing has been moved since. */
const OLD_TAGS = 'tags';

/** Between two attempts, where others were quicker: a hundred at once would else work on what only one can make. */
const LONGEST_PAUSE_MS = 500;

const entrySchema = z.object({ changes: z.array(tagChange), tags: pinnedTags });

/** Where people have put the tags of a model's folder, and how many moves that took. */
export async function readPins(folder: string): Promise<{ pins: PinnedTags; moves: number }> {
  const moves = (await numbersIn(folder)).at(-1) ?? 0;
  if (moves > 0) return { pins: (await readEntry(folder, moves)).tags, moves };
  const pins: PinnedTags = {};
  for (const tag of await namesIn(join(folder, OLD_TAGS))) {
    const version = await readFile(join(folder, OLD_TAGS, tag), 'utf8').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    const pinned = pinnedTags.safeParse({ [tag]: { version: version?.trim() } });
    if (pinned.success) Object.assign(pins, pinned.data);
  }
  return { pins, moves };
}

/** Every change, the oldest first. */
export async function readChanges(folder: string): Promise<TagChange[]> {
  const changes: TagChange[] = [];
  for (const number of await numbersIn(folder)) changes.push(...(await readEntry(folder, number)).changes);
  return changes;
}

/**
 * Changes tags as `decide` says, which is asked anew as long as others are quicker. Answers what was done.
 * @param folder the model's. @param temporaries on the same file system
 */
export async function retag<S extends { readonly moves: number }>(
  folder: string,
  temporaries: string,
  readShelf: () => Promise<S>,
  decide: (shelf: S) => Retagging | undefined,
): Promise<Retagging | undefined> {
  for (let attempt = 1; ; attempt++) {
    const shelf = await readShelf();
    const decided = decide(shelf);
    if (decided === undefined) return undefined;
    await makeFolder(join(folder, HISTORY));
    if (await addMove(folder, temporaries, shelf.moves + 1, decided)) return decided;
    await wait(Math.random() * Math.min(LONGEST_PAUSE_MS, 5 * 1.5 ** attempt));
  }
}

/** Answers false where somebody else has made the move of this number. */
async function addMove(folder: string, temporaries: string, number: number, move: Retagging): Promise<boolean> {
  // Waiting for the disk is what takes long: not where the place is taken already.
  if ((await numbersIn(folder)).at(-1) === number) return false;
  const claim = await makeTemporaryFolder(temporaries);
  try {
    await writeDurable(join(claim, MOVES), `${JSON.stringify({ changes: move.changes, tags: move.pins }, null, 2)}\n`);
    await syncFolder(claim);
    return await claimFolder(claim, join(folder, HISTORY, String(number)));
  } finally {
    await rm(claim, { recursive: true, force: true });
  }
}

async function numbersIn(folder: string): Promise<number[]> {
  return (await namesIn(join(folder, HISTORY)))
    .filter((entry) => /^[1-9][0-9]{0,8}$/.test(entry))
    .map(Number)
    .sort((a, b) => a - b);
}

async function readEntry(folder: string, number: number): Promise<z.output<typeof entrySchema>> {
  const file = join(folder, HISTORY, String(number), MOVES);
  try {
    return entrySchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new FreezeframeError('store-damaged', `The move ${number} of tags cannot be read: ${file}`, {
      cause,
      remedy:
        'It is no file of Freezeframe any more. Restore it, or remove its folder: tags are then as before that move.',
    });
  }
}
