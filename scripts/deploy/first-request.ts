import { setTimeout as pause } from 'node:timers/promises';
import { FreezeframeError } from '@freezeframe/inference';

/** What the deployed API said. */
export interface FirstAnswer {
  /** `NAME@VERSION` of the default model. */
  readonly model: string;
  /** What it said of a picture; absent where no picture could be sent. */
  readonly picture?: unknown;
  /** Milliseconds of the last request. */
  readonly milliseconds: number;
}

export interface Asking {
  /** In front of the routes, without a slash at the end. */
  readonly url: string;
  /** Whether a picture can be sent: everybody may, or there is a key. */
  readonly picture: boolean;
  readonly key?: string | undefined;
  /** A new address and a new key take a moment. Milliseconds. */
  readonly patience: number;
  readonly retryAfter?: number;
  /** What to do where nothing comes. */
  readonly remedy?: string;
}

/** One red pixel. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADElEQVQImWP4z8AAAAMBAQCc479ZAAAAAElFTkSuQmCC';

/** So long one request is waited for: API Gateway gives up after 30 s. */
const TIMEOUT = 35_000;

/** What passes: no such address yet, a key that is not known yet, a function that starts, too many at once. */
const PASSES = [401, 403, 404, 429, 500, 502, 503, 504];

/**
 * Asks the API as anybody would: which model answers, and then about a picture.
 * @throws FreezeframeError `deploy-silent` where nothing comes within `patience`.
 */
export async function askFirst(asking: Asking): Promise<FirstAnswer> {
  const deadline = Date.now() + asking.patience;
  const health = await until(deadline, asking, '/health', {}, ({ status }) => status === 200);
  const { name, version } = (health.body as { model: { name: string; version: string } }).model;
  const model = `${name}@${version}`;
  if (!asking.picture) return { model, milliseconds: health.milliseconds };
  const request = {
    method: 'POST',
    headers: { 'content-type': 'image/png', ...(asking.key ? { authorization: `Bearer ${asking.key}` } : {}) },
    body: Buffer.from(PICTURE, 'base64'),
  };
  // A model of numbers refuses pictures, which is an answer too.
  const answered = ({ status }: Response) => !PASSES.includes(status);
  const { body, milliseconds } = await until(deadline, asking, '/classify', request, answered);
  return { model, picture: body, milliseconds };
}

async function until(
  deadline: number,
  { url, retryAfter = 1_000, remedy }: Asking,
  path: string,
  request: RequestInit,
  good: (answer: Response) => boolean,
): Promise<{ body: unknown; milliseconds: number }> {
  for (;;) {
    const started = performance.now();
    const answer = await fetch(`${url}${path}`, { ...request, signal: AbortSignal.timeout(TIMEOUT) }).catch(
      (error: Error) => error,
    );
    const body = answer instanceof Response ? await answer.json().catch(() => undefined) : undefined;
    if (answer instanceof Response && body !== undefined && good(answer))
      return { body, milliseconds: performance.now() - started };
    if (Date.now() + retryAfter > deadline) throw silent(`${url}${path}`, answer, body, remedy);
    await pause(retryAfter);
  }
}

function silent(address: string, answer: Response | Error, body: unknown, remedy?: string): FreezeframeError {
  const { title, detail } = (body ?? {}) as { title?: string; detail?: string };
  const said =
    answer instanceof Error
      ? (answer.cause instanceof Error ? answer.cause : answer).message
      : [answer.status, title, detail].filter(Boolean).join(' ');
  const message = `The stack is there, but ${address} does not answer: ${said}`;
  return new FreezeframeError('deploy-silent', message, remedy === undefined ? {} : { remedy });
}
