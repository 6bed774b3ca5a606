import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RuntimeApi } from '../../../../scripts/local/runtime/runtime-api.ts';

const CLIENT = resolve('scripts/local/runtime/runtime-client.mjs');

const HANDLER = `
export async function handler(event) {
  if (event.later) setTimeout(() => { throw new Error('later') }, event.later);
  if (event.wrong) throw new TypeError(event.wrong);
  return { length: event.text?.length, text: event.text };
}
`;

describe('the runtime client', () => {
  let folder: string;
  let api: RuntimeApi;
  let child: ChildProcess;
  let ended: Promise<number | null>;
  let said = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-client-'));
    api = await RuntimeApi.listen();
    await start(HANDLER);
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await ended;
    api.close();
    await rm(folder, { recursive: true });
  });

  async function start(handler: string): Promise<void> {
    await writeFile(join(folder, 'index.mjs'), handler);
    const env = { AWS_LAMBDA_RUNTIME_API: api.address, LAMBDA_TASK_ROOT: folder, _HANDLER: 'index.handler' };
    child = spawn(process.execPath, [CLIENT], { env, stdio: ['pipe', 'ignore', 'pipe'] });
    said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    ended = new Promise((done) => child.once('exit', done));
  }

  const invoke = (event: unknown) =>
    api.invoke({
      requestId: crypto.randomUUID(),
      payload: JSON.stringify(event),
      deadline: Date.now() + 10_000,
      functionArn: 'arn',
      traceId: 'trace',
    });

  it('carries megabytes both ways, small answers after large ones, and any characters', async () => {
    for (const text of ['x'.repeat(6_000_000), '', 'grüße "\u2028\n']) {
      const answer = await invoke({ text });
      expect(JSON.parse(String('body' in answer && answer.body))).toEqual({ length: text.length, text });
    }
  });

  it('reports what a handler throws, and goes on', async () => {
    expect(await invoke({ wrong: 'no' })).toEqual({ kind: 'error', type: 'TypeError', message: 'no' });
    expect(await invoke({ text: 'a' })).toMatchObject({ kind: 'response' });
  });

  it('ends with an error that is thrown between two events, and tells nobody', async () => {
    expect(await invoke({ later: 50 })).toMatchObject({ kind: 'response' });
    expect(await ended).toBe(129);
    expect(said).toContain('later');
  });

  it('ends when the Runtime API is gone', async () => {
    await api.ready;
    api.close();
    expect(await ended).toBe(0);
    expect(said).toBe('');
  });
});
