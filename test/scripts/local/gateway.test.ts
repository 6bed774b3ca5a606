import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alone } from '../../../scripts/bundle/lock.ts';
import { type LocalGateway, type LocalGatewayOptions, startLocalGateway } from '../../../scripts/local/gateway.ts';
import { alive, makeFakeBuild } from './fake-build.ts';

describe('startLocalGateway', () => {
  let work: string;
  let gateway: LocalGateway;
  const lines: string[] = [];
  const start = (more: Partial<LocalGatewayOptions> = {}) =>
    startLocalGateway({
      buildDir: join(work, 'build'),
      port: 0,
      folders: { uploads: join(work, 'up'), results: join(work, 'results'), deadLetters: join(work, 'dead') },
      concurrency: 2,
      timeout: 1_500,
      log: (line) => lines.push(line),
      ...more,
    });
  const get = (path: string, init?: RequestInit) => fetch(gateway.url + path, init);

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-gateway-'));
    await makeFakeBuild(join(work, 'build'));
    process.env.AWS_PROFILE = 'private';
    process.env.AWS_SECRET_ACCESS_KEY = 'private';
    gateway = await start();
  });
  afterAll(async () => {
    delete process.env.AWS_PROFILE;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await gateway.close();
    await rm(work, { recursive: true });
  });

  it('delivers binary bodies both ways, byte by byte', async () => {
    const body = randomBytes(1_000_000);
    const response = await get('/echo', { method: 'POST', body, headers: { 'content-type': 'image/jpeg' } });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  it('keeps an environment warm', async () => {
    const first = (await (await get('/calls')).json()) as { calls: number; pid: number };
    expect(await (await get('/calls')).json()).toEqual({ calls: first.calls + 1, pid: first.pid });
  });

  it('gives the environment of Lambda, and none of the credentials of whoever runs it', async () => {
    const environment = (await (await get('/environment')).json()) as Record<string, string>;
    expect(environment).toMatchObject({
      _HANDLER: 'index.handler',
      AWS_LAMBDA_FUNCTION_NAME: 'http',
      AWS_SECRET_ACCESS_KEY: 'local',
      LAMBDA_TASK_ROOT: expect.stringMatching(/\.running-\d+-\d+[\\/]functions[\\/]http$/),
      NODE_PATH: expect.stringMatching(/layers.inference.nodejs.node_modules$/),
      MODELS_DIR: expect.stringMatching(/layers.model.models$/),
    });
    expect(JSON.stringify(environment)).not.toContain('private');
    const context = (await (await get('/context')).json()) as { functionName: string; remaining: number };
    expect(context.functionName).toBe('http');
    expect(context.remaining).toBeGreaterThan(1_000);
    expect(context.remaining).toBeLessThanOrEqual(1_500);
  });

  it.each([
    ['/throw', 500],
    ['/large', 500],
    ['/malformed', 500],
    ['/exit', 500],
    ['/later', 500],
    ['/sleep?5000', 503],
    ['/block', 503],
  ])('answers %s with %i as an HTTP API does, tells nothing of the cause, and goes on', async (path, status) => {
    const response = await get(path);
    const text = await response.text();
    expect(response.status).toBe(status);
    expect(JSON.parse(text)).toEqual({ message: status === 503 ? 'Service Unavailable' : 'Internal Server Error' });
    expect((await get('/calls')).status).toBe(200);
  });

  it('answers 413 above 6 MB of event and above 10 MB of body, and goes on', async () => {
    const headers = { 'content-type': 'image/jpeg' };
    const post = async (bytes: number) =>
      (await get('/calls', { method: 'POST', body: Buffer.alloc(bytes), headers })).status;
    expect(await post(4_700_000)).toBe(200);
    expect(await post(4_720_000)).toBe(413);
    expect(await post(10 * 1024 * 1024 + 1)).toBe(413);
    expect((await get('/calls')).status).toBe(200);
  });

  it('keeps nothing of the bodies that it has delivered', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const held = async () => {
      // Sockets give their memory back when the loop has turned.
      for (let i = 0; i < 3; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        collect();
      }
      const { heapUsed, external } = process.memoryUsage();
      return (heapUsed + external) / 2 ** 20;
    };
    const body = Buffer.alloc(4_000_000, 1);
    const send = async () => {
      await (await get('/calls', { method: 'POST', body, headers: { 'content-type': 'image/jpeg' } })).text();
    };
    await send();
    const before = await held();
    for (let i = 0; i < 20; i++) await send();
    // Each body is 4 MB, and 5.3 MB as base64: kept, they would be 100 MB.
    expect((await held()) - before).toBeLessThan(40);
  });

  it('goes on when a client leaves before its answer', async () => {
    const left = new AbortController();
    const answer = get('/sleep?300', { signal: left.signal });
    setTimeout(() => left.abort(), 50);
    await expect(answer).rejects.toThrow();
    expect((await get('/calls')).status).toBe(200);
  });

  it('queues what its environments cannot take at once', async () => {
    const started = Date.now();
    const answers = await Promise.all(Array.from({ length: 4 }, () => get('/sleep?200')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(Date.now() - started).toBeGreaterThanOrEqual(390);
    expect(gateway.pids()).toHaveLength(2);
  });

  it('answers a nonsense request with 400 and headers that are too large with 431', async () => {
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(11_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431/);
  });

  it('sends no body to HEAD', async () => {
    const response = await get('/calls', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('says what to do when the port is taken, and leaves nothing running', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({
      code: 'port-in-use',
      remedy: expect.stringContaining('PORT='),
    });
    other.close();
  });

  it('says what to do when nothing has been built', async () => {
    await expect(start({ buildDir: join(work, 'nothing') })).rejects.toMatchObject({ code: 'not-built' });
  });

  it('says so when the function cannot start', async () => {
    const buildDir = await makeFakeBuild(join(work, 'broken'), "throw new Error('broken at import');");
    await expect(start({ buildDir })).rejects.toMatchObject({ code: 'function-not-started' });
  });

  it('refuses a handler that takes a callback', async () => {
    const buildDir = await makeFakeBuild(
      join(work, 'callback'),
      'export const handler = (event, context, callback) => {};',
    );
    await expect(start({ buildDir })).rejects.toThrow('takes a callback');
  });

  it('keeps what it began with while another bundle is put in place', async () => {
    const buildDir = await makeFakeBuild(join(work, 'two'), "export const handler = async () => 'the first';");
    const other = await start({ buildDir });
    const ask = async () => (await fetch(other.url)).text();
    expect(await ask()).toBe('the first');
    // As a bundle does: folders are replaced, files are never written into.
    await rm(join(buildDir, 'functions'), { recursive: true });
    await makeFakeBuild(buildDir, "export const handler = async () => 'the second';");
    const pids = other.pids();
    // A new environment, and parts that are loaded when first needed.
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await expect.poll(ask, { timeout: 5_000 }).toBe('the first');
    expect(other.pids()).not.toEqual(pids);
    await other.close();
    expect((await readdir(buildDir)).filter((name) => name.startsWith('.running'))).toEqual([]);
  });

  it('waits for a bundle that is being put in place, and refuses one that was ended then', async () => {
    const buildDir = await makeFakeBuild(join(work, 'between'), "export const handler = async () => 'whole';");
    await rename(join(buildDir, 'functions'), join(buildDir, 'aside'));
    const begun = new EventEmitter();
    const publishing = alone(buildDir, 'publishing', async () => {
      begun.emit('begun');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await rename(join(buildDir, 'aside'), join(buildDir, 'functions'));
    });
    await once(begun, 'begun');
    const other = await start({ buildDir });
    await publishing;
    expect(await (await fetch(other.url)).text()).toBe('whole');
    await other.close();
    await writeFile(join(buildDir, '.unfinished'), '');
    await expect(start({ buildDir })).rejects.toMatchObject({ code: 'not-built', message: /half-way/ });
  });

  it('leaves no process behind', async () => {
    const other = await start();
    await Promise.all([fetch(`${other.url}/sleep?100`), fetch(`${other.url}/sleep?100`)]);
    const pids = other.pids();
    expect(pids).toHaveLength(2);
    fetch(`${other.url}/block`).catch(() => {});
    const started = Date.now();
    await other.close();
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(pids.filter(alive)).toEqual([]);
  });

  it('passes on what functions write', async () => {
    await writeFile(join(work, 'noise'), '');
    await get('/throw');
    expect(lines.some((line) => line.startsWith('[http] TypeError: a secret path'))).toBe(true);
  });

  async function raw(text: string): Promise<string> {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(text);
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    return answer;
  }
});
