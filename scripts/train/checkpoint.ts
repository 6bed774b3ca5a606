import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { hasCode, replaceFile } from '#system';

/** A training that can go on: JSON, and vectors by name. */
export interface Checkpoint<T> {
  readonly state: T;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

const MAGIC = 'FREEZEFRAME-CHECKPOINT-1\n';
const DIGEST_BYTES = 32;

/** The same at each write, so that what a kill leaves is written over. */
const scratchOf = (file: string) => `${file}.tmp`;

interface Header {
  readonly state: unknown;
  readonly vectors: readonly { readonly name: string; readonly length: number }[];
}

/**
 * Replaces the checkpoint in one move: written beside it, forced to the disk, renamed. A kill at any moment leaves the old
 * one or the new one. Layout: magic line, sha256 of the rest, length of the header (uint32, little-endian), JSON header,
 * float32 vectors.
 */
export async function writeCheckpoint<T>(file: string, { state, vectors }: Checkpoint<T>): Promise<void> {
  const header: Header = { state, vectors: [...vectors].map(([name, { length }]) => ({ name, length })) };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const body = Buffer.concat([
    length,
    json,
    ...[...vectors.values()].map((vector) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)),
  ]);
  const digest = createHash('sha256').update(body).digest();
  await replaceFile(file, [Buffer.from(MAGIC), digest, body], { scratch: scratchOf(file) });
}

/**
 * @returns `undefined` where there is none.
 * @throws FreezeframeError `checkpoint-damaged`
 */
export async function readCheckpoint<T>(file: string): Promise<Checkpoint<T> | undefined> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (!bytes) return undefined;
  const start = MAGIC.length + DIGEST_BYTES;
  const body = bytes.subarray(start);
  const digest = createHash('sha256').update(body).digest();
  const whole =
    bytes.subarray(0, MAGIC.length).toString() === MAGIC && bytes.subarray(MAGIC.length, start).equals(digest);
  if (!whole) {
    throw new FreezeframeError(
      'checkpoint-damaged',
      expected('an undamaged checkpoint', path.basename(file), 'other bytes'),
      {
        remedy: 'Train again without --resume.',
      },
    );
  }
  const headerLength = body.readUInt32LE(0);
  const header = JSON.parse(body.subarray(4, 4 + headerLength).toString()) as Header;
  const vectors = new Map<string, Float32Array>();
  let at = 4 + headerLength;
  for (const { name, length } of header.vectors) {
    // Copied: the header's length leaves the numbers at any address.
    vectors.set(name, new Float32Array(new Uint8Array(body.subarray(at, at + 4 * length)).buffer));
    at += 4 * length;
  }
  return { state: header.state as T, vectors };
}

/**
 * What decides a training's result must be the same in the checkpoint.
 * @throws FreezeframeError `checkpoint-mismatch`
 */
export function checkSame(own: Readonly<Record<string, unknown>>, theirs: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(own)) {
    if (JSON.stringify(value) !== JSON.stringify(theirs[name])) throw mismatch(name, value, theirs[name]);
  }
}

function mismatch(name: string, value: unknown, theirs: unknown): FreezeframeError {
  // A whole config says nothing to a person.
  const what = name === 'config' ? 'the same architecture' : JSON.stringify(theirs);
  const received = name === 'config' ? 'another' : JSON.stringify(value);
  const where = `${name} of the training to resume`;
  return new FreezeframeError('checkpoint-mismatch', expected(what, where, received), {
    remedy: 'Resume with the options that it was started with, or train again without --resume.',
  });
}

/** Removes the checkpoint of a training that has ended. */
export async function removeCheckpoint(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(scratchOf(file), { force: true });
}

export function nothingToResume(): FreezeframeError {
  return new FreezeframeError('nothing-to-resume', 'No training from scratch of this name was stopped', {
    remedy:
      'Leave --resume out. A head on a pretrained network goes on by itself: what it has seen of the pictures is kept.',
  });
}
