import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { expected, FreezeframeError } from '@freezeframe/inference';
import sharp from 'sharp';
import { builtForHere, builtFunction, Environment, type FunctionSettings, toEvent } from '#local';
import { type Figure, FORMAT, MB_PER_VCPU, type MeasuredFile } from './figures.ts';

export interface MeasureOptions {
  /** What `freezeframe bundle` has made. */
  readonly buildDir: string;
  /** A file; a made-up photograph of 1280 x 960 pixels if left out. */
  readonly picture?: string | undefined;
  /** NAME or NAME@VERSION; the bundle's default if left out. */
  readonly model?: string | undefined;
  /** What the function prints. */
  readonly log?: (line: string) => void;
  /** Called as each part is done. */
  readonly progress?: (done: number, parts: number) => void;
}

/** Starts of each memory size. One more comes first, which reads the files from the disk. */
const STARTS = 5;
/** Answers before those that count: V8 compiles what it has seen often. */
const WARM_UP = 30;
const ANSWERS = 60;

/** Milliseconds until an answer is given up. */
const PATIENCE = 60_000;

/**
 * Measures the built http function as `freezeframe dev` runs it, with one vCPU and, where this machine has the cores, with
 * two: from the difference follows what more of them would do.
 * @throws FreezeframeError `figures-not-measured`, `not-built`, and as `bundle`
 */
export async function measureBundle(options: MeasureOptions): Promise<MeasuredFile> {
  const { buildDir, picture, model, log = () => {}, progress = () => {} } = options;
  const folder = await builtForHere(buildDir);
  const body = picture === undefined ? await photograph() : await readFile(picture);
  const vcpus = availableParallelism() > 1 ? [1, 2] : [1];
  const parts = 1 + vcpus.length * (STARTS + 1);
  let done = 0;
  const ask = { body, model, log };
  const settings = (vcpu: number) => ({
    ...builtFunction(folder, 'http', { API_AUTH: 'public', ORT_DISABLE_TELEMETRY: '1' }),
    memory: vcpu * MB_PER_VCPU,
  });
  await coldStart(settings(1), ask);
  progress(++done, parts);
  const runs = vcpus.map((vcpu) => ({
    vcpu,
    init: [] as number[],
    first: [] as number[],
    warm: [] as number[],
    peak: 0,
  }));
  // In turns, so that a slow moment of the machine hits all sizes alike.
  for (let start = 0; start < STARTS; start++) {
    for (const run of runs) {
      const { init, first } = await coldStart(settings(run.vcpu), ask);
      run.init.push(init);
      run.first.push(first);
      progress(++done, parts);
    }
  }
  for (const run of runs) {
    const { warm, peak } = await warmAnswers(settings(run.vcpu), ask);
    run.warm = warm;
    run.peak = peak ?? 0;
    progress(++done, parts);
  }
  const of = [
    model ?? 'the default model of the bundle',
    picture ?? 'a picture of 1280 x 960',
    cpus()[0]?.model.trim(),
  ];
  return {
    format: FORMAT,
    of: `${of.filter(Boolean).join(', ')}, ${new Date().toISOString().slice(0, 10)}`,
    figures: runs.map(
      ({ vcpu, init, first, warm, peak }): Figure => ({
        memoryMb: vcpu * MB_PER_VCPU,
        initMs: init.map(tenth),
        coldFirstMs: first.map(tenth),
        warmMs: warm.map(tenth),
        ...(peak > 0 ? { peakMb: Math.ceil(peak) } : {}),
      }),
    ),
  };
}

interface Ask {
  readonly body: Buffer;
  readonly model: string | undefined;
  readonly log: (line: string) => void;
}

/** Milliseconds from spawn to ready, and of the first answer. */
async function coldStart(settings: FunctionSettings, ask: Ask): Promise<{ init: number; first: number }> {
  return withEnvironment(settings, ask, async (environment, init) => ({ init, first: await answer(environment, ask) }));
}

/** Milliseconds of answers one after the other, and the most memory in MB where the system tells. */
async function warmAnswers(
  settings: FunctionSettings,
  ask: Ask,
): Promise<{ warm: number[]; peak: number | undefined }> {
  return withEnvironment(settings, ask, async (environment) => {
    const warm: number[] = [];
    for (let i = -WARM_UP; i < ANSWERS; i++) {
      const ms = await answer(environment, ask);
      if (i >= 0) warm.push(ms);
    }
    const status = await readFile(`/proc/${environment.pid}/status`, 'utf8').catch(() => '');
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
    return { warm, peak: peak === undefined ? undefined : Number(peak) / 1024 };
  });
}

async function withEnvironment<T>(
  settings: FunctionSettings,
  { log }: Ask,
  use: (environment: Environment, init: number) => Promise<T>,
): Promise<T> {
  const spawned = performance.now();
  const environment = await Environment.start(settings, log);
  try {
    await environment.ready.catch((cause) => {
      throw notMeasured(`The built function does not start: ${cause.message}`, cause);
    });
    return await use(environment, performance.now() - spawned);
  } finally {
    await environment.end();
  }
}

async function answer(environment: Environment, { body, model }: Ask): Promise<number> {
  const [name = '', version] = model?.split('@') ?? [];
  const query = new URLSearchParams({ ...(name ? { model: name } : {}), ...(version ? { version } : {}) });
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(body.length) };
  const event = toEvent({ method: 'POST', url: `/classify?${query}`, headers, body, sourceIp: '127.0.0.1' });
  const invocation = {
    requestId: 'plan',
    payload: JSON.stringify(event),
    deadline: Date.now() + PATIENCE,
    functionArn: '',
    traceId: '',
  };
  const asked = performance.now();
  const outcome = await environment.invoke(invocation);
  const ms = performance.now() - asked;
  const text = outcome.kind === 'response' ? outcome.body.toString() : JSON.stringify(outcome);
  if (!/"statusCode":200\b/.test(text))
    throw notMeasured(expected('an answer with status 200', 'the picture that is measured with', text.slice(0, 300)));
  return ms;
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
