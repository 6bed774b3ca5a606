import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type FunctionSettings, functionArn } from './child-environment.ts';
import { Environment, type Outcome } from './environment.ts';

export interface PoolOptions {
  /** Environments at most; each answers one event at a time, as on Lambda. One per core if left out. */
  readonly concurrency?: number;
  /** From the moment an event is accepted, waiting and starting included. Milliseconds. */
  readonly timeout: number;
  readonly log: (line: string) => void;
}

const BACKOFF_MS = { first: 100, most: 5_000 };

/** The environments of one function: started when needed, kept warm, replaced when they die. */
export class Pool {
  readonly #settings: FunctionSettings;
  readonly #options: PoolOptions;
  readonly #concurrency: number;
  readonly #environments = new Set<Environment>();
  readonly #idle: Environment[] = [];
  readonly #queue: ((environment: Environment) => void)[] = [];
  /** Environments that exist or are about to; those of them that are not ready yet. */
  #count = 0;
  #starting = 0;
  /** Environments that have answered and not yet asked for the next event: a moment later they are free. */
  #returning = 0;
  #failures = 0;
  #restart: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(settings: FunctionSettings, options: PoolOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#concurrency = options.concurrency ?? availableParallelism();
  }

  /** Process ids of the environments that live now. */
  get pids(): number[] {
    return [...this.#environments].flatMap(({ pid }) => pid ?? []);
  }

  /** Starts one environment ahead of the first event. @throws Error with what the function reported if it cannot start. */
  async warm(): Promise<void> {
    const environment = await this.#open();
    await environment.ready;
    this.#release(environment);
  }

  /** Answers one event. Never rejects: a dead or late environment is an outcome too. */
  async invoke(payload: string, requestId: string = randomUUID()): Promise<Outcome> {
    const deadline = Date.now() + this.#options.timeout;
    const environment = await this.#acquire(deadline);
    if (!environment) {
      const message = `no environment of ${this.#settings.name} was free or could start in ${this.#options.timeout} ms`;
      return { kind: 'ended', ending: { reason: this.#closed ? 'closed' : 'timed-out', message } };
    }
    const outcome = await environment.invoke({
      requestId,
      payload,
      deadline,
      functionArn: functionArn(this.#settings.name),
      traceId: traceId(),
    });
    if (outcome.kind === 'ended')
      this.#options.log(`${this.#settings.name}: ${outcome.ending.message}; it is started again`);
    else this.#comeBack(environment);
    return outcome;
  }

  /** Ends every environment. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    await Promise.all([...this.#environments].map((environment) => environment.end()));
  }

  /** An idle environment, a new one, or the next that becomes free; undefined if none does before the deadline. */
  #acquire(deadline: number): Promise<Environment | undefined> {
    const idle = this.#idle.pop();
    if (idle) return Promise.resolve(idle);
    return new Promise((resolve) => {
      const take = (environment: Environment) => {
        clearTimeout(timer);
        resolve(environment);
      };
      const timer = setTimeout(
        () => {
          this.#queue.splice(this.#queue.indexOf(take), 1);
          resolve(undefined);
        },
        Math.max(0, deadline - Date.now()),
      );
      this.#queue.push(take);
      this.#grow();
    });
  }

  /** Starts environments for those who wait; after a failed start only when the pause is over. */
  #grow(): void {
    if (this.#restart || this.#closed) return;
    const wanted = Math.min(this.#queue.length - this.#starting - this.#returning, this.#concurrency - this.#count);
    for (let i = 0; i < wanted; i++) this.#launch();
  }

  async #launch(): Promise<void> {
    this.#starting++;
    try {
      const environment = await this.#open();
      await environment.ready;
      this.#failures = 0;
      this.#starting--;
      this.#release(environment);
    } catch (error) {
      this.#starting--;
      if (this.#closed) return;
      const pause = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** this.#failures++);
      this.#options.log(`${this.#settings.name} cannot start: ${(error as Error).message}; next try in ${pause} ms`);
      this.#restart ??= setTimeout(() => {
        this.#restart = undefined;
        this.#grow();
      }, pause);
    }
  }

  async #open(): Promise<Environment> {
    this.#count++;
    const environment = await Environment.start(this.#settings, (line) => {
      this.#options.log(`[${this.#settings.name}] ${line}`);
    });
    this.#environments.add(environment);
    environment.ended.then(() => {
      this.#count--;
      this.#environments.delete(environment);
      const at = this.#idle.indexOf(environment);
      if (at >= 0) this.#idle.splice(at, 1);
      this.#grow();
    });
    if (this.#closed) await environment.end();
    return environment;
  }

  async #comeBack(environment: Environment): Promise<void> {
    this.#returning++;
    await environment.idle();
    this.#returning--;
    this.#release(environment);
    this.#grow();
  }

  #release(environment: Environment): void {
    if (!this.#environments.has(environment)) return;
    const next = this.#queue.shift();
    if (next) next(environment);
    else this.#idle.push(environment);
  }
}

/** AWS X-Ray's format: seconds in hex, then 96 random bits. */
function traceId(): string {
  const id = randomUUID().replaceAll('-', '').slice(0, 24);
  return `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${id};Sampled=0`;
}
