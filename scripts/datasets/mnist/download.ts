import { setTimeout as wait } from 'node:timers/promises';
import { FreezeframeError } from '@freezeframe/inference';
import { replaceFile } from '#system';
import { type Progress, startProgress } from '#terminal';

export interface DownloadOptions {
  /** Base addresses, tried in order. */
  mirrors: readonly string[];
  /** Rounds over all mirrors. Default 3. */
  rounds?: number;
  /** Before the second round; doubled for each further one. Default 1,000 ms. */
  backoffMs?: number;
  /** A mirror that sends nothing for so long is given up. Default 20,000 ms. */
  stallMs?: number;
  /** More bytes than this are refused. Default 64 MiB. */
  maxBytes?: number;
}

/**
 * Downloads `name` from the first mirror that gives a file which `check` accepts, writes it whole to `file`, and answers what
 * `check` made of it.
 * A transfer that breaks off is continued where it stopped (HTTP ranges), on the same mirror or, as `check` judges the
 * whole, on another. @throws FreezeframeError `download-failed` with what each mirror last said.
 */
export async function download<T>(
  name: string,
  file: string,
  check: (bytes: Uint8Array) => Promise<T>,
  { mirrors, rounds = 3, backoffMs = 1_000, stallMs = 20_000, maxBytes = 64 * 1024 * 1024 }: DownloadOptions,
): Promise<T> {
  const said = new Map<string, string>();
  const received = new Map<string, Uint8Array[]>();
  for (let round = 0; round < rounds; round++) {
    if (round > 0) await wait(backoffMs * 2 ** (round - 1));
    for (const mirror of mirrors) {
      const parts = received.get(mirror) ?? [];
      received.set(mirror, parts);
      try {
        await receive(new URL(name, mirror.endsWith('/') ? mirror : `${mirror}/`), parts, name, stallMs, maxBytes);
        const bytes = Buffer.concat(parts);
        // Whatever comes of the check, the next attempt must not continue behind a whole file.
        received.delete(mirror);
        const content = await check(bytes);
        await replaceFile(file, bytes);
        return content;
      } catch (error) {
        said.set(mirror, reason(error));
      }
    }
  }
  const answers = [...said].map(([mirror, what]) => `${new URL(mirror).host}: ${what}`);
  throw new FreezeframeError('download-failed', `${name} could not be downloaded (${answers.join('; ')})`, {
    remedy: 'Connect to the internet and try again, or set MNIST_DIR to a folder that holds the four IDX files.',
    details: { file: name, answers },
  });
}

/** Adds what the mirror sends to `parts`, which after a broken transfer hold its beginning. */
async function receive(url: URL, parts: Uint8Array[], name: string, stallMs: number, maxBytes: number): Promise<void> {
  const stalled = new AbortController();
  const watchdog = setTimeout(() => stalled.abort(new Error(`nothing came for ${stallMs / 1000} s`)), stallMs);
  let progress: Progress | undefined;
  try {
    let have = parts.reduce((sum, part) => sum + part.length, 0);
    // Ask for the bytes as they are: an encoding on the way would count other bytes than the range.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (have > 0) headers.range = `bytes=${have}-`;
    const response = await fetch(url, { headers, signal: stalled.signal });
    if (response.status === 200 || !continues(response, have)) {
      parts.length = 0;
      have = 0;
    }
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`HTTP ${response.status}`);
    }
    const total = have + Number(response.headers.get('content-length') ?? 0);
    progress = startProgress(`Downloading ${name}`, Math.ceil(total / 1024), 'KB');
    for await (const part of response.body) {
      watchdog.refresh();
      have += part.length;
      if (have > maxBytes) {
        parts.length = 0;
        throw new Error(`sent more than ${maxBytes} bytes`);
      }
      parts.push(part);
      progress.update(Math.floor(have / 1024));
    }
  } finally {
    clearTimeout(watchdog);
    progress?.stop();
  }
}

/** Whether a partial answer begins where we stopped. */
function continues(response: Response, have: number): boolean {
  return response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`) === true;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and keeps what happened in the cause.
  const { cause } = error;
  return cause instanceof Error && cause.message ? cause.message : error.message;
}
