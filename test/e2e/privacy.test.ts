import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeService, NO_ACCOUNT } from '../aws/package-stack.ts';
import { findings, HAS_STRACE, traced } from './privacy/trace.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const COMMAND = join(ROOT, 'scripts/freezeframe.js');
const MODEL = join(ROOT, 'test/fixtures/keras/sequential-in-functional.k3.keras');

describe('what a trace tells', () => {
  const allowed = { cwd: '/p', writes: ['/p', '/tmp'], home: '/tmp/home' };

  it('is told of calls, of names that are looked up, of files elsewhere and of the machine id', () => {
    const trace = [
      'connect(19, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("20.42.73.1")}, 16) = -1 EINPROGRESS',
      'connect(19, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2603::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
      'connect(19, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0',
      'openat(AT_FDCWD, "/etc/machine-id", O_RDONLY) = 19',
      'openat(AT_FDCWD, "/tmp/home/.cache/x.db", O_RDWR|O_CREAT, 0644) = 19',
      'mkdir("/var/lib/thing", 0777) = 0',
    ].join('\n');
    expect(findings(trace, allowed)).toEqual([
      'calls 20.42.73.1 port 443',
      'calls 2603::1 port 443',
      'asks a name server',
      'reads /etc/machine-id',
      'writes /tmp/home/.cache/x.db',
      'writes /var/lib/thing',
    ]);
  });

  it('passes over what is asked for', () => {
    const trace = [
      'connect(19, {sa_family=AF_INET, sin_port=htons(4566), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
      'connect(19, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110) = -1 ENOENT',
      'openat(AT_FDCWD, "build/x.zip", O_WRONLY|O_CREAT, 0644) = 19',
      'openat(AT_FDCWD, "/dev/null", O_RDWR) = 3',
      'openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3',
      'mkdir("/root/.x", 0777) = -1 EEXIST (File exists)',
    ].join('\n');
    expect(findings(trace, allowed)).toEqual([]);
  });
});

describe.skipIf(!HAS_STRACE)('without CI set, nobody is told anything (skipped without strace)', () => {
  let work: string;
  let env: Record<string, string>;
  let scratch: string;

  beforeAll(async () => {
    work = await realpath(await mkdtemp(join(tmpdir(), 'freezeframe-privacy-')));
    scratch = join(work, 'tmp');
    await mkdir(scratch);
    env = { FREEZEFRAME_STORE: join(work, '.freezeframe/models'), TMPDIR: scratch };
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 9},${i % 7},${(i % 9) * 30 + (i % 7) * 10}`);
    await writeFile(join(work, 'rooms.csv'), `rooms,size,price\n${rows.join('\n')}\n`);
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#c04020' } })
      .jpeg()
      .toFile(join(work, 'picture.jpg'));
  });
  afterAll(() => rm(work, { recursive: true, force: true }));

  const run = (words: readonly string[], more: Record<string, string> = {}) =>
    traced([process.execPath, COMMAND, ...words], { cwd: work, writes: [work], env: { ...env, ...more } });

  it.each([
    ['train', ['train', 'rooms.csv', '--name', 'rooms', '--epochs', '2']],
    ['import', ['import', MODEL, '--name', 'pictures']],
    ['predict', ['predict', 'pictures', 'picture.jpg']],
  ])(
    'by %s',
    async (_, words) => {
      const { code, stderr, findings } = await run(words);
      expect(findings).toEqual([]);
      expect(code, stderr).toBe(0);
    },
    300_000,
  );

  it('by bundle, and by the functions that dev runs', async () => {
    const script = `
      const { bundle, hostTarget } = await import(${JSON.stringify(join(ROOT, 'scripts/bundle/index.ts'))});
      const { startLocalGateway } = await import(${JSON.stringify(join(ROOT, 'scripts/local/index.ts'))});
      await bundle({ ...hostTarget(), outDir: 'build', cacheDir: 'cache' });
      const folders = { uploads: 'up', results: 'results', deadLetters: 'dead' };
      const gateway = await startLocalGateway({ buildDir: 'build', port: 0, folders, concurrency: 1 });
      const { readFile } = await import('node:fs/promises');
      const body = await readFile('picture.jpg');
      const answer = await fetch(gateway.url + '/classify?model=pictures', { method: 'POST', headers: { 'content-type': 'image/jpeg' }, body });
      console.log(answer.status);
      await gateway.close();`;
    await writeFile(join(work, 'dev.mjs'), script);
    const words = [process.execPath, '--import', import.meta.resolve('tsx'), 'dev.mjs'];
    const { stdout, stderr, findings } = await traced(words, {
      cwd: work,
      writes: [work],
      env: { ...env, API_AUTH: 'public' },
    });
    expect(findings).toEqual([]);
    expect(stdout.trim(), stderr).toBe('200');
  }, 300_000);

  it('by serverless package', async () => {
    const service = join(work, 'service');
    await makeService(service);
    const serverless = join(ROOT, 'node_modules/serverless/bin/serverless.js');
    const { findings } = await traced([process.execPath, serverless, 'package'], {
      cwd: service,
      writes: [work],
      env: { ...env, ...NO_ACCOUNT, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    });
    expect(findings).toEqual([]);
  }, 300_000);

  it('goes red where onnxruntime is loaded without the opt-out', async () => {
    const script = `
      const { default: onnxruntime } = await import(${JSON.stringify(join(ROOT, 'node_modules/onnxruntime-node/dist/index.js'))});
      await onnxruntime.InferenceSession.create(process.argv[2]);`;
    await writeFile(join(work, 'plain.mjs'), script);
    const model = join(work, '.freezeframe/models/pictures');
    const { findings } = await traced(
      ['sh', '-c', `exec ${process.execPath} plain.mjs "$(find ${model} -name model.onnx | head -1)"`],
      { cwd: work, writes: [work], env },
    );
    expect(findings).toContain('reads /etc/machine-id');
    expect(findings.some((line) => line.startsWith('writes ') && line.includes('onnxruntime.db'))).toBe(true);
  }, 300_000);
});
