import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { ImportError, MAX_ENTRIES } from '#guards';

/** What one import may take. A file that wants more is damaged, or made to exhaust whoever opens it. */
export interface ImportLimits {
  /** Of processor time, of all threads together, until the model is read, frozen and verified. */
  readonly seconds: number;
  /** Resident, of the process that does it. */
  readonly bytes: number;
}

/** Of JavaScript objects; tensors are not among them. */
export const HEAP_MB = 3072;

/** Seconds by the clock for each of processor time: so much may a machine have to do besides, or a disk be slow. */
export const WAITING = 30;

const MB = 1e6;
/** For any file: reading takes seconds, and the reference is given work for some more (`REFERENCE_BUDGET`). */
const BASE_SECONDS = 60;
/** For a thousand pictures through a large graph, some of them several times. */
const CALIBRATION_SECONDS = 3_600;
/** Of verification in plain code, for a megabyte of weights that every place of a large picture reads. */
const SECONDS_PER_MB = 2;
/** Node with both engines takes 0.3 GB; a picture model's activations, in batches of 3, about one. */
const BASE_BYTES = 2.5e9;
/** Weights as they are stored, read, frozen, written, loaded twice by onnxruntime and once by the reference. */
const COPIES = 12;
/** Most of a smaller machine is left alone. */
const SHARE_OF_MACHINE = 0.85;

/** 60 s and 2.5 GB for small files, more in proportion for large ones. */
export function limitsFor(bytes: number, calibrates = false): ImportLimits {
  return {
    seconds: BASE_SECONDS + (SECONDS_PER_MB * bytes) / MB + (calibrates ? CALIBRATION_SECONDS : 0),
    bytes: Math.min(BASE_BYTES + COPIES * bytes, SHARE_OF_MACHINE * totalmem()),
  };
}

/** Bytes of a file, or of a folder's files; 0 for what cannot be read, which is said by whoever opens it. */
export async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return found?.isFile() ? found.size : 0;
  const list = await readdir(path, { withFileTypes: true, recursive: true }).catch((): Dirent[] => []);
  const files = list.filter((entry) => entry.isFile()).slice(0, MAX_ENTRIES);
  const sizes = await Promise.all(files.map(({ parentPath, name }) => sizeOf(join(parentPath, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @throws ImportError `not-found`, before a process is started for nothing */
export async function checkPath(path: string): Promise<void> {
  await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'There is no file or folder' : 'Cannot be read:';
    throw new ImportError('not-found', `${what} ${path}`, { cause, remedy: 'Check the path.' });
  });
}
