import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { FreezeframeError } from '@freezeframe/inference';
import { ImportError } from '#guards';
import type { ReadAll, TableFiles } from '#read';
import { startThread } from '#system';
import type { WorkerAnswer } from './worker.ts';

/** Reading 4 GB, the most that is unpacked, takes a minute on a slow disk. */
export const MAX_READ_SECONDS = 300;
/** JavaScript objects: configs of 20,000 layers need 100 MB. Tensors are not among them. */
export const MAX_HEAP_MB = 2048;
/** The whole process: 4 GB of weights, once as they are stored and once as float32, or most of a smaller machine. */
export const MAX_RESIDENT_BYTES = Math.min(9e9, 0.85 * totalmem());

const LOOK_EVERY_MS = 100;

export interface ReadLimits {
  readonly seconds?: number;
  readonly heapMb?: number;
  readonly residentBytes?: number;
}

/**
 * Reads a model in a thread of its own that is ended when it takes too long or too much memory.
 * @throws ImportError what `readAll` throws, and `limit-exceeded`
 */
export async function readInWorker(path: string, files: TableFiles = {}, limits: ReadLimits = {}): Promise<ReadAll> {
  const { seconds = MAX_READ_SECONDS, heapMb = MAX_HEAP_MB, residentBytes = MAX_RESIDENT_BYTES } = limits;
  const worker = startThread(
    new URL('./worker.ts', import.meta.url),
    { path, files: { ...files } },
    { maxOldGenerationSizeMb: heapMb },
  );
  const timers: NodeJS.Timeout[] = [];
  try {
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      const tooMuch = (what: string) => reject(limitExceeded(path, what));
      timers.push(setTimeout(() => tooMuch(`${seconds} s`), seconds * 1000));
      timers.push(
        setInterval(() => {
          if (process.memoryUsage.rss() > residentBytes) tooMuch(`${Math.round(residentBytes / 1e6)} MB of memory`);
        }, LOOK_EVERY_MS),
      );
      worker.once('message', resolve);
      worker.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') tooMuch(`${heapMb} MB of objects`);
        else reject(error);
      });
      worker.once('exit', (code) => reject(new Error(`the reading thread ended with ${code} and no answer`)));
    });
    return unpack(answer);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    await worker.terminate();
  }
}

function unpack(answer: WorkerAnswer): ReadAll {
  if ('read' in answer) return answer.read;
  if ('refused' in answer) {
    const { code, message, remedy, details } = answer.refused;
    const options = { details, ...(remedy === undefined ? {} : { remedy }) };
    // Readers use each other's and the store's errors too: the code is what counts.
    throw new FreezeframeError(code, message, options);
  }
  const error = new Error(answer.broken.message);
  if (answer.broken.stack !== undefined) error.stack = answer.broken.stack;
  throw error;
}

function limitExceeded(path: string, what: string): ImportError {
  return new ImportError('limit-exceeded', `Reading ${path} took more than ${what}`, {
    details: { limit: what },
    remedy: 'No model that is known needs that much: the file is damaged, or made to exhaust whoever opens it.',
  });
}

/** @throws ImportError `not-found` before a thread is started for nothing */
export async function checkPath(path: string): Promise<void> {
  await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'There is no file or folder' : 'Cannot be read:';
    throw new ImportError('not-found', `${what} ${path}`, { cause, remedy: 'Check the path.' });
  });
}
