import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../scripts/bundle/bundle.ts';
import { hostTarget } from '../../scripts/bundle/target.ts';
import { childEnvironment, functionArn } from '../../scripts/local/runtime/child-environment.ts';
import { type Answer, RuntimeApi } from '../../scripts/local/runtime/runtime-api.ts';
import { openStore } from '../../scripts/store/places.ts';
import { plainPicture } from '../functions/pictures.ts';
import { saveTinyModel } from '../scripts/tiny-model.ts';

/**
 * LAMBDA_RIC: folders, separated as in PATH, in which AWS's own runtime client is installed (npm i aws-lambda-ric@3.3.0 for
 * Node 20, @4 from 22), and perhaps the Node that it is to run on (npm i node@24).
 */
const FOLDERS = (process.env.LAMBDA_RIC ?? '').split(delimiter).filter(Boolean);

const CLIENTS = FOLDERS.map((folder) => {
  const own = join(folder, 'node_modules', 'node', 'bin', 'node');
  const node = existsSync(own) ? own : process.execPath;
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  const client = join(folder, 'node_modules', 'aws-lambda-ric');
  const { bin } = JSON.parse(readFileSync(join(client, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  return { node, version, client: join(client, bin['aws-lambda-ric'] as string) };
});

/** Puts a folder in the place of /opt, for this process and its children alone. */
const WITH_OPT = 'mount --bind "$1" /opt && cd "$2" && shift 2 && exec "$@"';

const PERMITTED =
  process.platform === 'linux' &&
  existsSync('/opt') &&
  spawnSync('unshare', ['-m', '--propagation', 'private', 'sh', '-c', WITH_OPT, 'sh', '/tmp', '/', 'true']).status ===
    0;

function reason(): string | undefined {
  if (CLIENTS.length === 0) return 'set LAMBDA_RIC to a folder with aws-lambda-ric';
  return PERMITTED ? undefined : 'nothing may be mounted at /opt here: unshare and mount need root on Linux';
}
if (reason()) console.warn(`skipped: AWS's own runtime client (${reason()})`);

interface Running {
  invoke(event: unknown): Promise<Answer>;
  /** What the function wrote. */
  said(): string;
  close(): Promise<void>;
}

describe.skipIf(reason())("the built functions under AWS's own runtime client, the layers' zips at /opt", () => {
  let work: string;
  let red: Buffer;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe-ric-'));
    red = await plainPicture('red', 'jpeg');
    const store = openStore(join(work, 'store'));
    await saveTinyModel(store, 'tiny');
    const build = join(work, 'build');
    await bundle({ ...hostTarget(), store, outDir: build, cacheDir: join(work, 'cache') });
    // As Lambda does: both layers into one folder, each function into one of its own.
    for (const layer of ['inference', 'model']) await unpack(join(build, 'layers', `${layer}.zip`), join(work, 'opt'));
    for (const name of ['http', 'uploads', 'classify']) {
      await unpack(join(build, 'functions', `${name}.zip`), join(work, name));
    }
    await mkdir(join(work, 'empty'));
  });
  afterAll(() => rm(work, { recursive: true, force: true }));

  async function unpack(zip: string, folder: string): Promise<void> {
    for (const [path, bytes] of Object.entries(unzipSync(await readFile(zip)))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
  }

  async function start(
    name: string,
    { node, client }: { node: string; client: string },
    opt = 'opt',
  ): Promise<Running> {
    const api = await RuntimeApi.listen();
    const folder = join(work, name);
    const settings = { name, folder, layerModules: '/opt/nodejs/node_modules', modelsDir: '', memory: 1_769 };
    const { MODELS_DIR: _, ...environment } = childEnvironment(
      { ...settings, environment: { API_AUTH: 'public' } },
      api.address,
    );
    const words = ['-m', '--propagation', 'private', 'sh', '-c', WITH_OPT, 'sh', join(work, opt), folder];
    const child: ChildProcess = spawn('unshare', [...words, node, client, 'index.handler'], { env: environment });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        text += chunk;
      });
    }
    const ended = new Promise<never>((_, reject) => {
      child.once('exit', (code) => reject(new Error(`the runtime ended with ${code}: ${text}`)));
    });
    ended.catch(() => {});
    let count = 0;
    return {
      said: () => text,
      invoke: (event) => {
        const requestId = `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
        const payload = JSON.stringify(event);
        const deadline = Date.now() + 29_000;
        const invocation = { requestId, payload, deadline, functionArn: functionArn(name), traceId: 'Root=1-0-0' };
        return Promise.race([api.invoke(invocation), ended]);
      },
      close: async () => {
        child.kill('SIGKILL');
        await ended.catch(() => {});
        api.close();
      },
    };
  }

  const read = (answer: Answer) => {
    if (answer.kind === 'error') throw new Error(`${answer.type}: ${answer.message}`);
    return JSON.parse(answer.body.toString());
  };
  const request = (method: string, rawPath: string, more = {}) => ({
    version: '2.0',
    rawPath,
    rawQueryString: '',
    headers: { 'content-type': 'image/jpeg' },
    requestContext: { http: { method, path: rawPath }, requestId: 'r' },
    isBase64Encoded: false,
    ...more,
  });

  describe.each(CLIENTS.map((client) => [client.version, client] as const))('on Node %s', (_, client) => {
    it('http answers, and stays warm', async () => {
      const started = performance.now();
      const running = await start('http', client);
      try {
        const health = read(await running.invoke(request('GET', '/health')));
        console.log(`Node ${client.version}: first answer after ${Math.round(performance.now() - started)} ms`);
        expect([health.statusCode, JSON.parse(health.body).model.name]).toEqual([200, 'tiny']);
        for (let i = 0; i < 3; i++) {
          const body = red.toString('base64');
          const answer = read(await running.invoke(request('POST', '/classify', { body, isBase64Encoded: true })));
          expect(JSON.parse(answer.body)).toMatchObject({ predictions: [{ label: 'red' }, { label: 'blue' }] });
        }
        // Loaded once, for all of them.
        expect(running.said().match(/model loaded/g)).toHaveLength(1);
      } finally {
        await running.close();
      }
    });

    it('classify answers, and fails by its own words', async () => {
      const running = await start('classify', client);
      try {
        const picture = red.toString('base64');
        expect(read(await running.invoke({ picture }))).toMatchObject({ predictions: [{ label: 'red' }, {}] });
        const failed = await running.invoke({ picture: Buffer.from('no picture').toString('base64') });
        expect(failed).toMatchObject({ kind: 'error', type: 'picture-type-unsupported' });
        expect(read(await running.invoke({ picture }))).toMatchObject({ predictions: [{ label: 'red' }, {}] });
      } finally {
        await running.close();
      }
    });

    it('uploads says which messages failed', async () => {
      const running = await start('uploads', client);
      try {
        const Records = [
          { messageId: 'test', body: '{"Event":"s3:TestEvent"}' },
          { messageId: 'unknown', body: '{}' },
        ];
        expect(read(await running.invoke({ Records }))).toEqual({ batchItemFailures: [{ itemIdentifier: 'unknown' }] });
      } finally {
        await running.close();
      }
    });
  });

  it('cannot answer without the layers: it is they that are tried', async () => {
    const [client] = CLIENTS;
    if (!client) throw new Error('no client');
    const running = await start('classify', client, 'empty');
    try {
      await expect(running.invoke({ picture: red.toString('base64') }).then(read)).rejects.toThrow();
    } finally {
      await running.close();
    }
  });
});
