import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ImportError } from '#guards';
import { checkName } from '#store';
import { unpackError } from '#system';
import type { ImportOptions, ImportReport } from '../import-model.ts';
import { checkPath, HEAP_MB, type ImportLimits, limitsFor, sizeOf, WAITING } from './limits.ts';
import type { ImportAnswer, ImportJob } from './messages.ts';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));
/** What a process that crashed has said is looked through, no more of it than this. */
const MAX_SAID = 20_000;

/**
 * `importModel` in a process of its own that is ended when it takes too long or too much memory, so that neither a file that
 * was made for it nor the native code that runs a graph can take the caller along.
 * @param limits in the place of those that follow from the file's size.
 * @throws ImportError what `importModel` throws; `limit-exceeded`, and `file-damaged` where that process crashes
 */
export async function importApart(
  { store, onStep = () => undefined, ...options }: ImportOptions,
  limits: Partial<ImportLimits> & { readonly heapMb?: number } = {},
): Promise<ImportReport> {
  checkName(options.name);
  await checkPath(options.path);
  const { heapMb = HEAP_MB, ...others } = limits;
  const bounds = { ...limitsFor(await sizeOf(options.path), options.calibrate !== undefined), ...others };
  const waiting = bounds.seconds * WAITING;
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, CHILD], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
    serialization: 'advanced',
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const [said, reason] = [child.stderr as Readable, child.stdio[4] as Readable].map(collect) as [Said, Said];
  const closed = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve({ code, signal }));
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const job: ImportJob = { store: store.location, limits: bounds, options };
    // Its pipe may be closed already where it could not start; that is then told by how it ended.
    child.send(job, () => undefined);
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(exceeded(options.path, `${waiting.toFixed(0)} s of waiting`)), waiting * 1000);
    });
    const answer = await Promise.race([answerOf(child, onStep, () => clearTimeout(timer)), late, closed]);
    if ('signal' in answer) {
      if (reason() === 'time') throw exceeded(options.path, `${bounds.seconds.toFixed(0)} s of processor time`);
      if (reason() === 'memory') throw exceeded(options.path, `${Math.round(bounds.bytes / 1e6)} MB of memory`);
      if (said().includes('heap out of memory')) throw exceeded(options.path, `${heapMb} MB of objects`);
      throw crashed(options.path, answer, said());
    }
    await closed;
    return unpack(answer);
  } finally {
    clearTimeout(timer);
    process.off('exit', end);
    end();
    // Nothing of it is left when the caller goes on.
    await closed.catch(() => undefined);
  }
}

type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
type Last = Exclude<ImportAnswer, { step: string }>;
type Said = () => string;

function collect(stream: Readable): Said {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    if (text.length < MAX_SAID) text += chunk;
  });
  return () => text;
}

function answerOf(child: ChildProcess, onStep: (step: string) => void, onSaving: () => void): Promise<Last> {
  return new Promise((resolve) => {
    child.on('message', (message: ImportAnswer) => {
      if (!('step' in message)) return resolve(message);
      // Nothing of the file is worked on any more, and what is being written is to be whole.
      if (message.step === 'Saving') onSaving();
      onStep(message.step);
    });
  });
}

function unpack(answer: Last): ImportReport {
  if ('report' in answer) return answer.report;
  if ('refused' in answer) throw unpackError(answer.refused);
  const { message, stack, system } = answer.broken;
  const error = Object.assign(new Error(message), system);
  if (stack !== undefined) error.stack = stack;
  throw error;
}

function crashed(path: string, { code, signal }: Ended, said: string) {
  if (signal === null) return new Error(`the importing process ended with ${code} and no answer: ${said.trim()}`);
  return new ImportError('file-damaged', `What reads and runs ${basename(path)} crashed on it (${signal})`, {
    details: { signal },
    remedy: 'Nothing was saved. If the file opens in its own framework, save it again there, and report it.',
  });
}

function exceeded(path: string, what: string): ImportError {
  const time = / s of /.test(what);
  return new ImportError('limit-exceeded', `Importing ${basename(path)} took more than ${what}`, {
    details: { limit: what },
    remedy: `Nothing was saved. No model of its size is known to need that much: it is damaged, or made to exhaust.${time ? ' --time-limit SECONDS gives it more.' : ''}`,
  });
}
