import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { builtFunction, childEnvironment, toEvent } from '#local';

const CHILD = fileURLToPath(new URL('./handler-child.mjs', import.meta.url));

/** The handler of the built http function, in a process of its own. */
export interface BuiltHandler {
  /** Keeps a request; sending it is no part of what `call` takes. */
  keep(name: string, request: { url: string; headers?: Record<string, string>; body: Buffer }): void;
  /** Answers that request once. @returns milliseconds of processor time, of all threads. @throws Error where the answer is anything but 200, or the process has ended. */
  call(name: string): Promise<number>;
  close(): void;
}

/** @param outDir where the functions were bundled to */
export async function openHandler(outDir: string): Promise<BuiltHandler> {
  const settings = builtFunction(outDir, 'http', { API_AUTH: 'public' });
  const env = childEnvironment(settings, '');
  const child = fork(CHILD, { cwd: settings.folder, env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const answered = async () => {
    const ended = new AbortController();
    const stop = () => ended.abort();
    child.once('exit', stop);
    const [answer] = (await once(child, 'message', { signal: ended.signal })) as [
      { ok: boolean; why?: string; cpuMs?: number },
    ];
    child.off('exit', stop);
    if (!answer.ok) throw new Error(`the handler answered ${answer.why}`);
    return answer.cpuMs ?? 0;
  };
  await answered();
  return {
    keep(name, { url, headers = {}, body }) {
      const all = { 'content-type': 'image/jpeg', ...headers };
      child.send({ name, event: toEvent({ method: 'POST', url, headers: all, body, sourceIp: '127.0.0.1' }) });
    },
    call(name) {
      child.send({ name });
      return answered();
    },
    close: () => child.kill(),
  };
}
