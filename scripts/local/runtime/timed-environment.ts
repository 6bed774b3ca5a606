import { randomUUID } from 'node:crypto';
import { Environment, type Program } from './environment.ts';

/** Milliseconds until a start or an answer is given up. What takes longer than Lambda would wait is to be measured, too. */
const PATIENCE = 60_000;
/** Lines that a program printed last. */
const LAST_WORDS = 5;

/** What a function answers to an event of the gateway. */
export interface TimedAnswer {
  readonly ms: number;
  /** Undefined for what is no answer of a function: it failed, ended or was late. */
  readonly statusCode: number | undefined;
  /** Its body, or how it failed. */
  readonly body: string;
}

/** An environment whose start and answers are measured. */
export class TimedEnvironment {
  readonly #environment: Environment;
  readonly #spawned: number;
  readonly #said: readonly string[];
  /** Milliseconds from its spawn until it asked for an event. */
  readonly readyMs: number;

  private constructor(environment: Environment, spawned: number, said: readonly string[]) {
    this.readyMs = performance.now() - spawned;
    this.#environment = environment;
    this.#spawned = spawned;
    this.#said = said;
  }

  /** @throws Error with its last words where it does not start */
  static async start(program: Program): Promise<TimedEnvironment> {
    const said: string[] = [];
    const spawned = performance.now();
    const log = (line: string) => {
      said.push(line);
      if (said.length > LAST_WORDS) said.shift();
    };
    const environment = await Environment.run(program, log, PATIENCE);
    try {
      await environment.ready;
      return new TimedEnvironment(environment, spawned, said);
    } catch (cause) {
      await environment.end();
      throw new Error([(cause as Error).message, ...said].join('\n'), { cause });
    }
  }

  get pid(): number | undefined {
    return this.#environment.pid;
  }

  /** Milliseconds since its spawn. */
  get age(): number {
    return performance.now() - this.#spawned;
  }

  /** What it printed last. */
  get lastWords(): readonly string[] {
    return this.#said;
  }

  /** Gives it one event. @param payload as JSON */
  async ask(payload: string): Promise<TimedAnswer> {
    const invocation = { requestId: randomUUID(), payload, deadline: Date.now() + PATIENCE };
    const asked = performance.now();
    const outcome = await this.#environment.invoke({ ...invocation, functionArn: '', traceId: '' });
    const ms = performance.now() - asked;
    if (outcome.kind !== 'response') return { ms, statusCode: undefined, body: JSON.stringify(outcome) };
    const { statusCode, body = '' } = JSON.parse(outcome.body.toString()) ?? {};
    return { ms, statusCode, body: String(body) };
  }

  end(): Promise<unknown> {
    return this.#environment.end();
  }
}
