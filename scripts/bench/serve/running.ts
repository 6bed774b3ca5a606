import { type Program, TimedEnvironment } from '#local';
import type { Case } from './pictures.ts';

/** A subject that has started. */
export interface Running {
  readonly environment: TimedEnvironment;
  /** Gives it one event. @returns the label that it thinks most probable. @throws Error for any answer but a 200. */
  ask(picture: Case): Promise<string>;
}

/** @throws Error with its last words where it does not start. */
export async function startSubject(program: Program): Promise<Running> {
  const environment = await TimedEnvironment.start(program);
  return {
    environment,
    async ask({ payload }) {
      const { statusCode, body } = await environment.ask(payload);
      if (statusCode === 200) return JSON.parse(body).predictions[0].label;
      throw new Error([`it answered ${statusCode ?? 'nothing'}: ${body}`, ...environment.lastWords].join('\n'));
    },
  };
}
