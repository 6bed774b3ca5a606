import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOM = new URL('../../../scripts/terminal/index.ts', import.meta.url).href;
const SHOW_CURSOR = '\x1b[?25h';
const WRAP_LINES = '\x1b[?7h';

/** Runs code beside a bar on what passes for a terminal. `signal` is sent once the bar has moved. */
async function beside(code: string, { columns = 80, signal }: { columns?: number; signal?: NodeJS.Signals } = {}) {
  const script = `
    Object.defineProperties(process.stderr, { isTTY: { value: true }, columns: { value: ${columns} } });
    const { startProgress } = await import(${JSON.stringify(ROOM)});
    const bar = startProgress('Features by mobilenet-edgetpu', 400, 'pictures');
    ${code}`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script]);
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
    if (signal && said.includes('100/400')) child.kill(signal);
  });
  const [status, ended] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...how) => resolve(how)),
  );
  return { said, status, ended };
}

const MOVES = `setInterval(() => bar.update(100), 50);`;

describe('a bar', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('gives cursor and lines back where %s ends the process', async (signal) => {
    const { said, ended } = await beside(MOVES, { signal });
    expect(ended).toBe(signal);
    expect(said.split('100/400').at(-1)).toContain(SHOW_CURSOR);
    expect(said.split('100/400').at(-1)).toContain(WRAP_LINES);
  });

  it('leaves a signal to whoever waits for it', async () => {
    const { said, status } = await beside(
      `process.on('SIGINT', () => { bar.update(399); setTimeout(() => process.exit(3), 300); }); ${MOVES}`,
      { signal: 'SIGINT' },
    );
    expect(status).toBe(3);
    expect(said.trimEnd()).toContain(SHOW_CURSOR);
  });

  it('says no time before it knows one', async () => {
    const { said } = await beside(`bar.update(0, 'one'); bar.update(0, 'two'); bar.stop();`);
    expect(said).toContain('0/400 pictures');
    expect(said).not.toContain('left');
  });

  it.each([60, 80, 200])('keeps its numbers on a screen of %i columns', async (columns) => {
    const { said } = await beside(`bar.update(123, '12.5 a second'); bar.stop();`, { columns });
    const [line] = said.split('123/400');
    const shown = stripVTControlCharacters((line as string).split('\x1b[1G').at(-1) as string);
    expect(`${shown}123/400`.length).toBeLessThanOrEqual(columns);
  });
});
