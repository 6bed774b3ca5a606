import { randomUUID } from 'node:crypto';
import { Environment, type Program } from '#local';
import type { Case } from './pictures.ts';

/** A subject that has started. */
export interface Running {
  readonly pid: number | undefined;
  /** Milliseconds from its spawn until it asked for an event. */
  readonly readyMs: number;
  /** Gives it one event. @returns the label that it thinks most probable. @throws Error for any answer but a 200. */
  ask(picture: Case): Promise<string>;
  /** Milliseconds since its spawn. */
  age(): number;
  end(): Promise<unknown>;
}

const DEADLINE_MS = 60_000;

/** @throws Error with its last words where it does not start. */
export async function startSubject(program: Program): Promise<Running> {
  const said: string[] = [];
  const spawned = performance.now();
  const environment = await Environment.run(program, (line) => {
    said.push(line);
    if (said.length > 5) said.shift();
  });
  await environment.ready.catch((error: Error) => {
    throw new Error([error.message, ...said].join(' | '));
  });
  const readyMs = performance.now() - spawned;
  return {
    pid: environment.pid,
    readyMs,
    async ask({ payload }) {
      const outcome = await environment.invoke({
        ...{ requestId: randomUUID(), payload, deadline: Date.now() + DEADLINE_MS, functionArn: '', traceId: '' },
      });
      if (outcome.kind !== 'response') throw new Error([JSON.stringify(outcome), ...said].join(' | '));
      const { statusCode, body } = JSON.parse(outcome.body.toString());
      if (statusCode !== 200) throw new Error(`it answered ${statusCode} ${body}`);
      return JSON.parse(body).predictions[0].label;
    },
    age: () => performance.now() - spawned,
    end: () => environment.end(),
  };
}
