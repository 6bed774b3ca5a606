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
