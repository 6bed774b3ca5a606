import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alive, makeFakeBuild } from '../local/fake-build.ts';

interface Running {
  child: ChildProcess;
  url: string;
  lines: AsyncIterator<string>;
}

describe('freezeframe dev', () => {
  let work: string;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-dev-'));
    await makeFakeBuild(join(work, 'build'));
  });
  afterAll(() => rm(work, { recursive: true }));

  const spawnDev = (...words: string[]) =>
    spawn(process.execPath, [resolve('scripts/freezeframe.js'), 'dev', '--json', ...words], {
      cwd: work,
      env: { ...process.env, FREEZEFRAME_STORE: join(work, 'store'), PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  async function start(): Promise<Running> {
    const child = spawnDev();
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    const { url } = JSON.parse((await lines.next()).value ?? '') as { url: string };
    return { child, url, lines };
  }

  const functionPid = async (url: string) => ((await (await fetch(`${url}/calls`)).json()) as { pid: number }).pid;

  it('serves on PORT without a terminal, answers uploads, and is gone two seconds after SIGTERM', async () => {
    const { child, url, lines } = await start();
    const pid = await functionPid(url);
    await writeFile(join(work, 'store', 'uploads', 'a.jpg'), 'picture');
    expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ key: 'a.jpg', result: { bytes: 7 } });
    const busy = fetch(`${url}/sleep?1000`).catch(() => 'cut off');
    await sleep(50);
    const ended = once(child, 'exit');
    const started = Date.now();
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(alive(pid)).toBe(false);
    await busy;
  });

  it('takes its functions along when it is killed', async () => {
    const { child, url } = await start();
    const pid = await functionPid(url);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    for (let i = 0; i < 40 && alive(pid); i++) await sleep(50);
    expect(alive(pid)).toBe(false);
  });

  it('says what to do where the port is taken, and fails', async () => {
    const { child, url } = await start();
    const other = spawnDev('--port', new URL(url).port);
    let said = '';
    other.stdout.on('data', (chunk) => {
      said += chunk;
    });
    expect((await once(other, 'close'))[0]).toBe(1);
    expect(JSON.parse(said).error).toMatchObject({ code: 'port-in-use', remedy: expect.stringContaining('PORT=') });
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  it('knows a port that is none', async () => {
    const child = spawnDev('--port', '70000');
    expect((await once(child, 'exit'))[0]).toBe(2);
  });
});
