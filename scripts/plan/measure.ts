import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { FreezeframeError, MB_PER_VCPU } from '@freezeframe/inference';
import sharp from 'sharp';
import { builtFunction, copyOfBuild, type FunctionSettings, nodeProgram, TimedEnvironment, toEvent } from '#local';
import { memoryOf } from '#system';
import { checkFile } from './check-file.ts';
import { type Figure, FORMAT, type MeasuredFile } from './figures.ts';

export interface MeasureOptions {
  /** What `freezeframe bundle` has made. */
  readonly buildDir: string;
  /** A file; a made-up photograph of 1280 x 960 pixels if left out. */
  readonly picture?: string | undefined;
  /** NAME or NAME@VERSION; the bundle's default if left out. */
  readonly model?: string | undefined;
  /** Called as each part is done. */
  readonly progress?: (done: number, parts: number) => void;
}

/** Starts of each memory size. One more comes first, which reads the files from the disk. */
const STARTS = 5;
/** Answers before those that count: V8 compiles what it has seen often. */
const WARM_UP = 30;
/** Answers that count, in turns. */
const TURNS = 6;
const IN_ROW = 10;

/** vCPUs that are measured, where this machine has as many cores: from the differences follows what more would do. */
const VCPUS = [1, 2, 4];

/**
 * Measures the built http function as `freezeframe dev` runs it, for one vCPU and more. All take turns, so that a slow moment
 * of the machine hits all of them alike.
 * @throws FreezeframeError `figures-not-measured`, `not-built`, `not-found`, and as `bundle`
 */
export async function measureBundle(options: MeasureOptions): Promise<MeasuredFile> {
  const { buildDir, picture } = options;
  if (picture !== undefined) await checkFile(picture, '--picture');
  const body = picture === undefined ? await photograph() : await readFile(picture);
  const copy = await copyOfBuild(resolve(buildDir));
  try {
    return await measureCopy(copy.folder, body, options);
  } finally {
    await copy.remove();
  }
}

async function measureCopy(
  folder: string,
  body: Buffer,
  { picture, model, progress = () => {} }: MeasureOptions,
): Promise<MeasuredFile> {
  const payload = eventOf(body, model);
  const runs = VCPUS.filter((vcpus) => vcpus === 1 || vcpus <= availableParallelism()).map(
    (vcpus) => new Run(folder, vcpus),
  );
  const parts = 1 + runs.length * (STARTS + TURNS);
  let done = 0;
  const oneMore = () => progress(++done, parts);
  const answering = await new Run(folder, 1).start(payload);
  oneMore();
  for (let start = 0; start < STARTS; start++) {
    for (const run of runs) {
      await run.start(payload);
      oneMore();
    }
  }
  await takingTurns(runs, payload, oneMore);
  const pictured = picture ?? 'a picture of 1280 x 960';
  const machine = `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'processor'}`;
  return {
    format: FORMAT,
    of: `${answering}, ${pictured}, ${machine}, ${new Date().toISOString().slice(0, 10)}`,
    figures: runs.map((run) => run.figure()),
  };
}

/** Warm answers of all, each in a process of its own that lasts. */
async function takingTurns(runs: readonly Run[], payload: string, oneMore: () => void): Promise<void> {
  const opened: TimedEnvironment[] = [];
  try {
    for (const run of runs) opened.push(await open(run.settings));
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [i, run] of runs.entries()) {
        const environment = opened[i] as TimedEnvironment;
        if (turn === 0) for (let answers = 0; answers < WARM_UP; answers++) await answer(environment, payload);
        for (let answers = 0; answers < IN_ROW; answers++) run.warm.push((await answer(environment, payload)).ms);
        oneMore();
      }
    }
    for (const [i, run] of runs.entries()) run.peakMb = (await memoryOf((opened[i] as TimedEnvironment).pid))?.peak;
  } finally {
    await Promise.all(opened.map((one) => one.end()));
  }
}

/** What is measured with one memory size. */
class Run {
  readonly settings: FunctionSettings;
  readonly init: number[] = [];
  readonly first: number[] = [];
  readonly warm: number[] = [];
  peakMb: number | undefined;

  constructor(folder: string, vcpus: number) {
    const settings = builtFunction(folder, 'http', { API_AUTH: 'public' });
    this.settings = { ...settings, memory: vcpus * MB_PER_VCPU };
  }

  /** A cold start and the first answer. @returns the model that answered */
  async start(payload: string): Promise<string> {
    const environment = await open(this.settings);
    try {
      const first = await answer(environment, payload);
      this.init.push(environment.readyMs);
      this.first.push(first.ms);
      return first.model;
    } finally {
      await environment.end();
    }
  }

  figure(): Figure {
    return {
      memoryMb: this.settings.memory,
      initMs: this.init.map(tenth),
      coldFirstMs: this.first.map(tenth),
      warmMs: this.warm.map(tenth),
      ...(this.peakMb === undefined ? {} : { peakMb: Math.ceil(this.peakMb) }),
    };
  }
}

async function open(settings: FunctionSettings): Promise<TimedEnvironment> {
  return TimedEnvironment.start(nodeProgram(settings)).catch((cause: Error) => {
    throw notMeasured(`The built function does not start: ${cause.message}`, cause);
  });
}

/** The picture on its way, as JSON. */
function eventOf(body: Buffer, model: string | undefined): string {
  const [name = '', version] = model?.split('@') ?? [];
  const query = new URLSearchParams({ ...(name ? { model: name } : {}), ...(version ? { version } : {}) });
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(body.length) };
  return JSON.stringify(toEvent({ method: 'POST', url: `/classify?${query}`, headers, body, sourceIp: '127.0.0.1' }));
}

async function answer(environment: TimedEnvironment, payload: string): Promise<{ ms: number; model: string }> {
  const { ms, statusCode, body } = await environment.ask(payload);
  if (statusCode === 200) return { ms, model: modelIn(body) };
  const said = `${statusCode ?? 'none'}: ${body}`.slice(0, 500);
  throw notMeasured(`Expected an answer with status 200 for the picture that is measured with but received ${said}`);
}

/** `NAME@VERSION`; a project's own function may answer something else. */
function modelIn(document: string): string {
  try {
    const { name, version } = JSON.parse(document).model;
    return `${name}@${version}`;
  } catch {
    return 'a function of its own';
  }
}

function notMeasured(message: string, cause?: unknown): FreezeframeError {
  return new FreezeframeError('figures-not-measured', message, {
    ...(cause === undefined ? {} : { cause }),
    remedy: 'Name a picture (--picture) and a model that takes pictures (--model), or give figures with --measured.',
  });
}

/** Blurred noise compresses like a photograph; plain colours would flatter the decoder. */
function photograph(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  return sharp({ create: { width: 1280, height: 960, channels: 3, background: '#888', noise } })
    .blur(2)
    .jpeg({ quality: 90 })
    .toBuffer();
}

function tenth(ms: number): number {
  return Number(ms.toFixed(1));
}
