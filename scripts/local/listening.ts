import type { Server } from 'node:http';
import { expected, FreezeframeError } from '@freezeframe/inference';

const DEFAULT_PORT = 3000;

/**
 * The port to serve on: what was said, else `PORT`, else 3000. 0 is a free one.
 * @throws FreezeframeError `used-wrongly`
 */
export function choosePort(said: string | undefined, environment: NodeJS.ProcessEnv = process.env): number {
  const text = said ?? (environment.PORT || String(DEFAULT_PORT));
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new FreezeframeError('used-wrongly', expected('a number from 0 to 65535', 'the port', text), {
    remedy: 'Say --port 3000, or set PORT.',
  });
}

/** @throws FreezeframeError `port-in-use`, `port-refused`, `used-wrongly` for a host that is not this machine's */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    const remedy = `Choose another one: PORT=${port + 1} npm start, or freezeframe dev --port ${port + 1}.`;
    if (error.code === 'EADDRINUSE') {
      throw new FreezeframeError('port-in-use', `Port ${port} on ${host} is taken by another program.`, { remedy });
    }
    if (error.code === 'EACCES') {
      throw new FreezeframeError('port-refused', `This user may not listen on port ${port}.`, {
        remedy: 'Choose one from 1024 on.',
      });
    }
    if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'].includes(error.code ?? '')) {
      throw new FreezeframeError('used-wrongly', expected('an address of this machine', 'the host', host), {
        remedy: 'Leave --host out, or say --host 0.0.0.0 for all who reach this machine.',
        cause: error,
      });
    }
    throw error;
  });
}

/** What is left running after this is ended the hard way: SIGTERM must be over within two seconds. Milliseconds. */
const PATIENCE = 1_500;

/** Waits for SIGINT or SIGTERM, then closes what was started. A second signal ends the process at once. */
export async function untilSignal(running: { close(): Promise<void> }): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  setTimeout(() => process.exit(), PATIENCE).unref();
  await running.close();
}
