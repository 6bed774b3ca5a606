import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { INIT_TIMEOUT_MS } from '../limits.ts';
import { childEnvironment, type FunctionSettings } from './child-environment.ts';
import { type Answer, type Invocation, RuntimeApi } from './runtime-api.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
/** To be loaded by a process (`--import`): it then ends with the one that started it, whose end of its stdin it watches. */
export const WITH_PARENT = pathToFileURL(join(HERE, 'with-parent.mjs')).href;
const ONLY_LAYERS = pathToFileURL(join(HERE, 'only-layers.mjs')).href;

/** Why an environment is gone. */
export interface Ending {
  /** It ended by itself, was ended for taking too long, or was closed. */
  readonly reason: 'exited' | 'timed-out' | 'init-failed' | 'closed';
  readonly message: string;
}

/** What runs in an environment: it asks the Runtime API for events until it is ended. */
export interface Program {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Its environment variables. @param runtimeApi what `AWS_LAMBDA_RUNTIME_API` is to be */
  environment(runtimeApi: string): Readonly<Record<string, string>>;
}

/** Node with a built function in it. */
export function nodeProgram(settings: FunctionSettings): Program {
  return {
    command: process.execPath,
    arguments: [...heapArguments(settings.memory), ...runtimeArguments()],
    folder: settings.folder,
    environment: (runtimeApi) => childEnvironment(settings, runtimeApi),
  };
}

export type Outcome = Answer | { readonly kind: 'ended'; readonly ending: Ending };

/** One execution environment: a child process, and the Runtime API that it talks to. */
export class Environment {
  readonly #child: ChildProcess;
  readonly #api: RuntimeApi;
  #ending: Ending | undefined;
  #gone: Ending | undefined;
  readonly #untilGone = new Set<(ending: Ending) => void>();
  /** Resolves when the runtime asks for its first event; rejects when it never will. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<Ending>;

  private constructor(program: Program, api: RuntimeApi, log: (line: string) => void, startLimit: number) {
    this.#api = api;
    this.#child = spawn(program.command, program.arguments, {
      cwd: program.folder,
      env: program.environment(api.address),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', log);
    }
    this.#child.stdin?.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const finish = (message: string) => {
        api.close();
        this.#ending ??= { reason: 'exited', message };
        this.#gone = this.#ending;
        for (const tell of this.#untilGone) tell(this.#gone);
        resolve(this.#gone);
      };
      this.#child.once('error', (error) => finish(error.message));
      this.#child.once('exit', (code, signal) => finish(`the process ended with ${signal ?? `exit code ${code}`}`));
    });
    this.ready = this.#start(startLimit);
    this.ready.catch(() => {});
  }

  static start(settings: FunctionSettings, log: (line: string) => void): Promise<Environment> {
    return Environment.run(nodeProgram(settings), log);
  }

  /** @param startLimit milliseconds until it must have asked for an event; Lambda's own unless said otherwise */
  static async run(program: Program, log: (line: string) => void, startLimit = INIT_TIMEOUT_MS): Promise<Environment> {
    return new Environment(program, await RuntimeApi.listen(), log, startLimit);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Gives one event to the runtime; past the deadline the process is ended. */
  async invoke(invocation: Invocation): Promise<Outcome> {
    const remaining = Math.max(0, invocation.deadline - Date.now());
    const timer = setTimeout(
      () => this.end({ reason: 'timed-out', message: `no answer within ${remaining} ms` }),
      remaining,
    );
    try {
      return await this.#unlessGone(this.#api.invoke(invocation));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when the runtime can take the next event, or is gone: one that reported an error may be about to exit. */
  async idle(): Promise<void> {
    await this.#unlessGone(this.#api.idle());
  }

  /** What comes first. Not a race against `ended`: that lasts, and would keep every answer that has run against it. */
  #unlessGone<T>(awaited: Promise<T>): Promise<T | { kind: 'ended'; ending: Ending }> {
    return new Promise((resolve, reject) => {
      const tell = (ending: Ending) => resolve({ kind: 'ended', ending });
      if (this.#gone) return tell(this.#gone);
      this.#untilGone.add(tell);
      awaited.finally(() => this.#untilGone.delete(tell)).then(resolve, reject);
    });
  }

  /** Ends the process at once: a function holds no state that would be worth a farewell. */
  end(ending: Ending = { reason: 'closed', message: 'the gateway closes' }): Promise<Ending> {
    this.#ending ??= ending;
    this.#child.kill('SIGKILL');
    return this.ended;
  }

  async #start(limit: number): Promise<void> {
    const gone = this.ended.then(({ message }) => Promise.reject(new Error(message)));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not started within ${limit} ms`)), limit);
    });
    try {
      await Promise.race([this.#api.ready, gone, late]);
    } catch (error) {
      await this.end({ reason: 'init-failed', message: (error as Error).message });
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * As Lambda's own start script for Node.js sets them: a tenth of the memory for what is young, the rest for what lasts.
 * With Node's own sizes the young part overflows under load, and what lives for one request is kept for thousands.
 */
function heapArguments(memory: number): string[] {
  const young = Math.floor(memory / 10);
  return [`--max-semi-space-size=${Math.floor(young / 2)}`, `--max-old-space-size=${memory - young}`];
}

/** The official client where somebody has installed it, ours otherwise. */
function runtimeArguments(): string[] {
  const before = ['--import', WITH_PARENT, '--import', ONLY_LAYERS];
  try {
    const require = createRequire(import.meta.url);
    const manifest = require.resolve('aws-lambda-ric/package.json');
    const { bin } = require(manifest) as { bin: Record<string, string> };
    return [...before, join(dirname(manifest), bin['aws-lambda-ric'] as string), 'index.handler'];
  } catch {
    return [...before, join(HERE, 'runtime-client.mjs')];
  }
}
