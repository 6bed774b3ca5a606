import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { decodePicture, loadSharp } from '@freezeframe/inference';
import {
  GLANCE,
  isLitter,
  isPictureFile,
  type Learnt,
  learntAmong,
  readPicture,
  reasonOf,
  scanClasses,
} from '#datasets';
import { sha256 } from '#functions/models';
import { REQUEST_PAYLOAD_LIMIT } from '#local/limits';
import { checkName } from '#store';
import { makeFolder } from '#system';

/** Where a project has its photographs: one folder per class. */
const PHOTOS = 'photos';

/** Photographs of the project one works in. */
export interface Photos {
  readonly folder: string;
  /** What their model is called: as the project is. */
  readonly name: string;
}

/** The project's photographs; undefined where there is no folder for them, or nothing but a text in it. */
export async function photosOf(project: string): Promise<Photos | undefined> {
  const folder = join(project, PHOTOS);
  if (!existsSync(folder)) return undefined;
  const entries = await readdir(folder, { withFileTypes: true });
  // Pictures beside the classes too: training says that they lie in no class, which silence would not.
  const any = entries.some((entry) => !isLitter(entry.name) && (entry.isDirectory() || isPictureFile(entry.name)));
  return any ? { folder: PHOTOS, name: await nameOf(project) } : undefined;
}

async function nameOf(project: string): Promise<string> {
  const text = await readFile(join(project, 'package.json'), 'utf8').catch(() => '{}');
  const { name } = JSON.parse(text) as { name?: unknown };
  try {
    return checkName(String(name ?? PHOTOS));
  } catch {
    // A name of npm's may have a scope, or be too long.
    return PHOTOS;
  }
}

/** Enough to see that it answers. */
const CLASSES = 4;

/** What a body may hold of a request, which has it as base64 beside its headers. */
const MOST_BYTES = Math.floor(REQUEST_PAYLOAD_LIMIT * 0.7);

/** Sharp enough for any model, and small enough for any request. */
const SIDE = 1600;

/**
 * A picture of each class, of four classes at most, absolute: the first that the model has learnt. Training may have left out the
 * first file: it cannot be read, or lies in two classes.
 * @param copies folder for smaller copies of pictures that are too large for a request
 * @param learnt what the model has learnt; undefined where it does not say: then the first that can be read
 */
export async function oneOfEach(folder: string, copies: string, learnt?: Learnt): Promise<string[]> {
  const { labels, pictures } = await scanClasses(folder);
  const found: string[] = [];
  for (const label of labels) {
    for (const { path } of pictures.filter((picture) => picture.label === label)) {
      const sent = await sendable(resolve(path), resolve(copies, `${label}.jpg`), learnt);
      if (sent === undefined) continue;
      found.push(sent);
      break;
    }
    if (found.length === CLASSES) break;
  }
  return found;
}

/** The picture, or its smaller copy where it is too large to be sent; undefined where it cannot be read or was not learnt. */
async function sendable(file: string, copy: string, learnt: Learnt | undefined): Promise<string | undefined> {
  try {
    const bytes = await readPicture(file);
    if (learnt && learntAmong(learnt, [sha256(bytes)]).count === 0) return undefined;
    await decodePicture(bytes, GLANCE);
    if (bytes.length <= MOST_BYTES) return file;
    await makeFolder(dirname(copy));
    const sharp = await loadSharp();
    await sharp(bytes, { failOn: 'error' }).autoOrient().resize(SIDE, SIDE, { fit: 'inside' }).jpeg().toFile(copy);
    return copy;
  } catch (error) {
    // Throws on where it is not the file's fault.
    reasonOf(error);
    return undefined;
  }
}
