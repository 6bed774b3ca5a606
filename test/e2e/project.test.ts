import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePackages } from '../../scripts/packages/packages.ts';
import { MINISTACK, startMiniStack } from '../aws/ministack.ts';
import { NO_ACCOUNT } from '../aws/package-stack.ts';
import { type Registry, startRegistry, VERDACCIO } from './project/registry.ts';
import { LOCAL_POLICIES } from './stack/deployment.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const { FIXTURES_DIR, LAMBDA_RIC } = process.env;
const PHOTOGRAPHS = process.env.CATS_DOGS_DIR ?? join(FIXTURES_DIR ?? '', '../data/cats-dogs');

/** The newest, which differs most from what npm runs with; `LONG=1` tries the one between too. */
const NODES = process.env.LONG ? [22, 24] : [24];

const SKIPPED = VERDACCIO ? false : 'VERDACCIO names no registry to publish to';

describe.skipIf(SKIPPED)('a project of somebody else', () => {
  let work: string;
  let project: string;
  let registry: Registry;
  const call = (program: string, words: readonly string[], cwd: string, more: NodeJS.ProcessEnv = {}) =>
    run(program, [...words], { cwd, env: { ...registry.environment(work), ...more }, maxBuffer: 1 << 26 });

  beforeAll(async () => {
    // As people call their folders.
    work = await mkdtemp(join(tmpdir(), 'freezeframe Übung mit Wörtern '));
    project = join(work, 'my-classifier');
    registry = await startRegistry();
    for (const { tarball } of await makePackages(ROOT, join(work, 'packages'))) {
      await call('npm', ['publish', tarball, '--access', 'public'], work);
    }
    await call('npm', ['create', '--yes', 'freezeframe@latest', 'my-classifier'], work);
  }, 900_000);
  afterAll(async () => {
    await registry?.close();
    await rm(work, { recursive: true, force: true });
  });

  it('has what a project needs, and few packages', async () => {
    expect((await readdir(project)).sort()).toEqual([
      '.gitignore',
      '.npmrc',
      'README.md',
      'node_modules',
      'package-lock.json',
      'package.json',
      'photos',
      'serverless.yml',
      'test',
    ]);
    const { stdout } = await call('npm', ['ls', '--all', '--parseable', '@freezeframe/cli'], project);
    expect(stdout).toContain('@freezeframe');
    const without = join(work, 'cli alone');
    await mkdir(without);
    await writeFile(join(without, 'package.json'), '{"private":true}');
    await call('npm', ['install', '--ignore-scripts', '@freezeframe/cli'], without);
    const { packages } = JSON.parse(await readFile(join(without, 'node_modules/.package-lock.json'), 'utf8'));
    expect(Object.keys(packages).length).toBeLessThanOrEqual(80);
    const engine = await bytesBelow(join(without, 'node_modules/onnxruntime-node'));
    expect((await bytesBelow(join(without, 'node_modules'))) - engine).toBeLessThan(60_000_000);
  }, 600_000);

  it('trains, bundles and answers by npm start, and writes nothing into node_modules', async () => {
    const before = await listed(join(project, 'node_modules'));
    const installed = performance.now();
    const { started, end } = await npmStart(project);
    console.log(`answers ${((performance.now() - installed) / 1000).toFixed(1)} s after the install`);
    await end();
    expect(started).toMatchObject({ model: 'gnomes@1', upload: { result: { known: true } } });
    expect(started.tried).toHaveLength(2);
    expect(await listed(join(project, 'node_modules'))).toEqual(before);
    // The test that came with the project.
    const { stdout } = await call('npm', ['test'], project);
    expect(stdout).toMatch(/pass 1/);
  }, 600_000);

  it.skipIf(!existsSync(PHOTOGRAPHS))(
    'trains on the photographs that are put into it',
    async () => {
      await putPhotographs(project);
      const { started, end } = await npmStart(project);
      await end();
      expect(started.model).toBe('my-classifier@1');
      expect(started.tried.map(({ result }: Tried) => result.predictions[0]?.label)).toEqual(['cat', 'dog']);
    },
    600_000,
  );

  it('runs the handler of the documents beside the same layers', async () => {
    const page = await readFile(join(ROOT, 'docs/project.md'), 'utf8');
    const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
    await mkdir(join(project, 'functions/thumbnail'), { recursive: true });
    await writeFile(join(project, 'functions/thumbnail/index.ts'), code);
    // By the types as they are published.
    const strict = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    const types = ['--typeRoots', join(ROOT, 'node_modules/@types'), ...strict];
    await call(join(ROOT, 'node_modules/.bin/tsc'), [...types, 'functions/thumbnail/index.ts'], project);
    await call('npx', ['freezeframe', 'bundle', '--model', 'gnomes'], project);
    const picture = await readFile(join(project, '.freezeframe/samples/garden-gnome.jpg'), 'base64');
    // As Lambda finds layers, from a folder above which no package lies.
    const folder = join(work, 'opt');
    await cp(join(project, 'build/functions/thumbnail'), folder, { recursive: true });
    const layers = join(project, 'build/layers');
    const { stdout } = await run(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { handler } = await import('./index.mjs');
const ask = (body) => handler({ body });
console.log(JSON.stringify([await ask(${JSON.stringify(picture)}), await ask('bm90aGluZw==')]));`,
      ],
      {
        cwd: folder,
        env: {
          ...registry.environment(work),
          NODE_PATH: join(layers, 'inference/nodejs/node_modules'),
          MODELS_DIR: join(layers, 'model/models'),
        },
      },
    );
    const [good, bad] = JSON.parse(stdout);
    expect(good).toMatchObject({ statusCode: 200, headers: { 'x-label': 'garden-gnome' } });
    expect(Buffer.from(good.body, 'base64').toString('latin1', 8, 12)).toBe('WEBP');
    expect(bad).toMatchObject({ statusCode: 422, body: expect.stringContaining('"code"') });
  }, 300_000);

  it.skipIf(!MINISTACK)(
    'deploys with its own handler, goes back, and is removed',
    async () => {
      const cloud = await startMiniStack();
      try {
        const config = await readFile(join(project, 'serverless.yml'), 'utf8');
        await writeFile(join(project, 'local-policies.cjs'), LOCAL_POLICIES);
        const more = 'functions:\n  thumbnail:\n    role: ClassifyRole\n    events: [{ httpApi: POST /thumbnail }]\n';
        const changed = config.replace(/^plugins:\n/m, '$&  - ./local-policies.cjs\n') + more;
        await writeFile(join(project, 'serverless.yml'), changed);
        const aws = { ...NO_ACCOUNT, AWS_ENDPOINT_URL: cloud.endpoint, SLS_NOTIFICATIONS_MODE: 'off' };
        const serverless = async (...words: string[]) => {
          const { stdout, stderr } = await call('npx', ['serverless', ...words], project, aws);
          return stdout + stderr;
        };
        await call('npx', ['freezeframe', 'bundle', '--model', 'gnomes', '--arch', 'x64'], project);
        await serverless('deploy');
        const lambda = new LambdaClient({ endpoint: cloud.endpoint, region: NO_ACCOUNT.AWS_REGION, credentials });
        const body = await readFile(join(project, '.freezeframe/samples/garden-gnome.jpg'), 'base64');
        const ask = async () => {
          const Payload = Buffer.from(JSON.stringify({ body }));
          const command = new InvokeCommand({ FunctionName: 'my-classifier-dev-thumbnail:live', Payload });
          return JSON.parse(Buffer.from((await lambda.send(command)).Payload ?? []).toString());
        };
        expect(await ask()).toMatchObject({ statusCode: 200, headers: { 'x-label': 'garden-gnome' } });
        const memory = async () => {
          const command = new GetFunctionConfigurationCommand({ FunctionName: 'my-classifier-dev-thumbnail' });
          return (await lambda.send(command)).MemorySize;
        };
        await serverless('deploy', '--param=memory=2048');
        expect(await memory()).toBe(2048);
        // The deployments that are kept, the oldest first.
        const [first = ''] = [...(await serverless('rollback')).matchAll(/Timestamp: (\d+)/g)].map(([, time]) => time);
        await serverless('rollback', '--timestamp', first);
        expect(await memory()).toBe(1769);
        expect(await ask()).toMatchObject({ statusCode: 200 });
        await serverless('remove');
        await expect(memory()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      } finally {
        await cloud.close();
      }
    },
    600_000,
  );

  it.skipIf(!LAMBDA_RIC || !existsSync(PHOTOGRAPHS)).each(NODES)(
    'is created, trains, bundles and answers with Node %i',
    async (version) => {
      const bin = (LAMBDA_RIC as string)
        .split(':')
        .map((folder) => join(folder, 'node_modules/node/bin'))
        .find((folder) => folder.includes(`node${version}/`));
      const env = { PATH: `${bin}:${process.env.PATH}` };
      expect((await call('node', ['--version'], work, env)).stdout).toMatch(`v${version}.`);
      const name = `with-node-${version}`;
      await call('npm', ['create', '--yes', 'freezeframe@latest', name], work, env);
      const created = performance.now();
      const other = join(work, name);
      await putPhotographs(other);
      const { started, said, end } = await npmStart(other, env);
      await end();
      console.log(`Node ${version}: answers ${((performance.now() - created) / 1000).toFixed(1)} s after the install`);
      expect(started.tried.map(({ result }: Tried) => result.predictions[0]?.label)).toEqual(['cat', 'dog']);
      expect(said).not.toMatch(/warning|deprecated/i);
      await call('npm', ['test'], other, env);
    },
    300_000,
  );

  it('has types for those who write a handler', async () => {
    await writeFile(
      join(project, 'handler.ts'),
      `import { FreezeframeError, loadClassifier, type Result } from '@freezeframe/inference';
export async function handler(body: Uint8Array): Promise<Result | string> {
  try { return await (await loadClassifier({ name: 'gnomes' })).classify(body, { topK: 1 }); }
  catch (error) { if (error instanceof FreezeframeError) return error.code; throw error; }
}
`,
    );
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const words = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--types', 'node', '--typeRoots'];
    await call(process.execPath, [compiler, ...words, join(ROOT, 'node_modules/@types'), 'handler.ts'], project);
  }, 120_000);

  /** Twenty of each. */
  async function putPhotographs(folder: string) {
    for (const label of ['cat', 'dog']) {
      await mkdir(join(folder, 'photos', label), { recursive: true });
      for (const name of (await readdir(join(PHOTOGRAPHS, label))).sort().slice(0, 20))
        await cp(join(PHOTOGRAPHS, label, name), join(folder, 'photos', label, name));
    }
  }

  async function npmStart(folder: string, more: NodeJS.ProcessEnv = {}) {
    const child = spawn('npm', ['start', '--', '--port', '0', '--json'], {
      cwd: folder,
      env: { ...registry.environment(work), ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const line = await new Promise<string>((answer, reject) => {
      createInterface({ input: child.stdout }).on('line', (text) => text.startsWith('{') && answer(text));
      child.once('close', (code) => reject(new Error(`npm start ended with ${code}: ${said}`)));
    });
    return { started: JSON.parse(line), said, end: () => endGroup(child) };
  }
});

interface Tried {
  readonly result: { readonly predictions: readonly { readonly label: string }[] };
}

/** npm, and what it started. */
async function endGroup(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve));
  process.kill(-(child.pid as number), 'SIGTERM');
  await gone;
}

async function listed(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.sort().map(async (file) => `${file} ${(await stat(file)).mtimeMs}`));
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => stat(file)))).reduce((sum, { size }) => sum + size, 0);
}
