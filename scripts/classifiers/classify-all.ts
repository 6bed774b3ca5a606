import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openClassifier, usableCpus } from '@freezeframe/inference';
import { JobThread, unpackError } from '#system';
import { type Asked, ask, type Job, type Refused, refused, type Said } from './ask.ts';
import type { Reply, Setup } from './classify-worker.ts';

export interface ClassifyOptions {
  /** How many labels an answer names. */
  readonly topK?: number | undefined;
}

/** Up to so many pictures are answered sooner than threads for them have started. */
export const FEW = 8;

/** Pictures that a thread is given at a time: messages are rare, and the last threads end at about the same time. */
const CHUNK = 4;

/** Chunks for each thread that are on their way or wait for an earlier one: bounds what is in memory. */
const AHEAD = 6;

const WORKER = new URL('./classify-worker.ts', import.meta.url);

/**
 * Answers pictures in their order, by a model in each core: each thread reads, decodes and runs a picture of its own. An
 * engine computes with one thread, so that the answers are the same to the bit however many pictures there are.
 * @param folder of the model's version. @param count how many pictures there are
 * @throws what `openClassifier` throws, and what is not one picture's fault
 */
export async function* classifyAll(
  folder: string,
  pictures: Iterable<Asked>,
  count: number,
  { topK }: ClassifyOptions = {},
): AsyncGenerator<Said> {
  if (count > FEW) yield* inThreads(await splitCpus(folder, count), pictures, { folder, topK });
  else yield* here(folder, pictures, topK);
}

async function* here(folder: string, pictures: Iterable<Asked>, topK: number | undefined): AsyncGenerator<Said> {
  const classifier = await openClassifier(folder, { warmed: false, threads: 1 });
  try {
    for (const asked of pictures) {
      const job = await jobOf(asked);
      yield 'error' in job ? job : await ask(classifier, job, topK);
    }
  } finally {
    await classifier.close();
  }
}

async function* inThreads(
  { engines, threads }: CpuSplit,
  pictures: Iterable<Asked>,
  options: Omit<Setup, 'threads'>,
): AsyncGenerator<Said> {
  const setup: Setup = { ...options, threads };
  const pool = Array.from({ length: engines }, () => new Lane(setup));
  const waiting: Promise<Said[]>[] = [];
  try {
    for (const chunk of chunksOf(pictures)) {
      if (waiting.length >= AHEAD * engines) yield* await (waiting.shift() as Promise<Said[]>);
      const free = pool.reduce((best, lane) => (lane.given < best.given ? lane : best));
      waiting.push(free.answer(chunk));
    }
    for (const said of waiting) yield* await said;
  } finally {
    await Promise.all(pool.map((lane) => lane.close()));
  }
}

class Lane {
  readonly #thread: JobThread<readonly Job[], Reply>;
  /** Chunks that it has not answered yet. */
  given = 0;

  constructor(setup: Setup) {
    this.#thread = new JobThread(WORKER, setup);
  }

  answer(chunk: readonly Asked[]): Promise<Said[]> {
    this.given++;
    const said = this.#answer(chunk).finally(() => this.given--);
    // Looked at in its turn; what stops an earlier one stops all.
    said.catch(() => undefined);
    return said;
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  async #answer(chunk: readonly Asked[]): Promise<Said[]> {
    const read = await Promise.all(chunk.map(jobOf));
    const reply = await this.#thread.run(read.filter((job): job is Job => !('error' in job)));
    if ('failed' in reply) throw unpackError(reply.failed);
    let next = 0;
    return read.map((job) => {
      if ('error' in job) return job;
      const said = reply[next++] as (typeof reply)[number];
      return 'refused' in said ? { error: unpackError(said.refused) } : said;
    });
  }
}

async function jobOf({ picture, ...asked }: Asked): Promise<Job | Refused> {
  try {
    return { ...asked, picture: typeof picture === 'string' ? picture : await picture() };
  } catch (error) {
    return refused(error);
  }
}

function* chunksOf(pictures: Iterable<Asked>): Generator<Asked[]> {
  let chunk: Asked[] = [];
  for (const picture of pictures) {
    chunk.push(picture);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

interface CpuSplit {
  readonly engines: number;
  /** In each of them. */
  readonly threads: number;
}

/** Of a model in memory: its weights, the same again in onnxruntime's order, and what a run and a thread need. */
const COPIES = 3;
const OF_A_THREAD = 150 * 1024 * 1024;

/** An engine for each core, and none that its pictures do not need; fewer, with the cores shared, where memory is short. */
async function splitCpus(folder: string, count: number): Promise<CpuSplit> {
  const cpus = usableCpus();
  const bytes = (await stat(join(folder, 'model.onnx')).catch(() => undefined))?.size ?? 0;
  const fit = Math.floor(process.availableMemory() / (COPIES * bytes + OF_A_THREAD));
  const engines = Math.max(1, Math.min(cpus, fit, Math.ceil(count / CHUNK)));
  return { engines, threads: fit < cpus ? Math.floor(cpus / engines) : 1 };
}
