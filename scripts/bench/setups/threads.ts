import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childEnvironment, toEvent } from '#local';

const CHILD = fileURLToPath(new URL('./threads-child.mjs', import.meta.url));

/** A request, and words of its label or its problem. */
export interface Asked {
  readonly url?: string;
  readonly type?: string;
  readonly body: Buffer;
  readonly wanted: readonly string[];
}

export interface ThreadsFound {
  readonly right: number;
  readonly wrong: readonly string[];
  /** The most that the process held. */
  readonly megabytes: number;
  /** Megabytes that were held after each round. */
  readonly rounds: readonly number[];
}

/**
 * The built function as a managed instance runs it: several threads of one process, each asked for all of these answers at
 * once, in each round.
 * @throws Error where the process ends otherwise than by itself
 */
export async function askThreads(
  settings: Parameters<typeof childEnvironment>[0],
  { threads, rounds, asked }: { threads: number; rounds: number; asked: readonly Asked[] },
): Promise<ThreadsFound> {
  const child = fork(CHILD, {
    ...{ cwd: settings.folder, env: childEnvironment(settings, ''), execArgv: [] },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const found: ThreadsFound[] = [];
  child.on('message', (message) => found.push(message as ThreadsFound));
  const events = asked.map(({ url = '/classify', type = 'image/jpeg', body }) =>
    JSON.stringify(toEvent({ method: 'POST', url, headers: { 'content-type': type }, body, sourceIp: '127.0.0.1' })),
  );
  child.send({ workers: threads, rounds, events, wanted: asked.map(({ wanted }) => wanted) });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  const [answer] = found;
  if (code !== 0 || !answer) throw new Error(`the threads ended with ${code ?? signal}`);
  return answer;
}
