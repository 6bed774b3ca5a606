import { expect } from 'vitest';

let printed = '';

/** What was printed since the last call. */
function take(): string {
  const heard = printed;
  printed = '';
  return heard;
}

/** Hears what this process prints, and keeps it from the terminal. Answers how to give the streams back. */
export function listen(): () => void {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
      printed += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') callback();
      return true;
    };
  }
  return () => {
    for (const [i, stream] of streams.entries()) stream.write = writes[i] as typeof stream.write;
  };
}

/** Throws if something was printed that no test expects. */
export function refusePrinted(): void {
  const heard = take();
  if (heard) throw new Error(`Expected a test that prints nothing but received:\n${heard.slice(0, 2000)}`);
}

/** For a test that provokes a log: lines like this were printed, so many at least, and nothing else. */
export function expectPrinted(pattern: RegExp, atLeast = 1): void {
  const lines = take()
    .split('\n')
    .filter((line) => line.trim());
  expect(lines.length).toBeGreaterThanOrEqual(atLeast);
  for (const line of lines) expect(line).toMatch(pattern);
}
