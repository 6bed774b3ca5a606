import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makePackages } from '../../scripts/packages/packages.ts';
import { openStore } from '../../scripts/store/places.ts';
import { MINISTACK, startMiniStack } from '../aws/ministack.ts';
import { NO_ACCOUNT } from '../aws/package-stack.ts';
import { NO_FILES, placeFiles } from '../documents/files.ts';
import { printedIn, ROOT } from '../documents/printed-commands.ts';
import { WALKS, type Walk } from '../documents/walks.ts';
import { freePort } from '../free-port.ts';
import { saveTinyModel } from '../scripts/tiny-model.ts';
import { type Registry, startRegistry, VERDACCIO } from './project/registry.ts';

const run = promisify(execFile);

const SKIPPED =
  NO_FILES ?? (VERDACCIO ? undefined : 'VERDACCIO is not set') ?? (MINISTACK ? undefined : 'MINISTACK is not set');
if (SKIPPED) console.warn(`skipped: commands of documents (${SKIPPED})`);

/** Goes on running beside the commands that follow. */
const SERVES = /^(npm start|npx freezeframe (start|dev))\b/;

const PROJECT = 'my-classifier';

/** Typing a document takes a training or two, on a machine that others use too. */
const PATIENCE = 900_000;

describe.skipIf(SKIPPED)('commands of documents, as printed', () => {
  let work: string;
  let registry: Registry;
  let cloud: Awaited<ReturnType<typeof startMiniStack>> | undefined;
  let port: number;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'freezeframe documents '));
    // An answer that is an error fails its command.
    await writeFile(join(work, '.curlrc'), 'fail-with-body\nsilent\nshow-error\n');
    [registry, port] = await Promise.all([startRegistry(), freePort()]);
    for (const { tarball } of await makePackages(ROOT, join(work, 'packages'))) {
      await run('npm', ['publish', tarball, '--access', 'public'], { cwd: work, env: environment() });
    }
    await run('npm', ['create', 'freezeframe@latest', PROJECT], { cwd: work, env: environment() });
  }, PATIENCE);
  // An account of its own for each document: a stack that another one deployed has keys already.
  beforeEach(async () => {
    cloud = await startMiniStack({ enforced: false });
    const s3 = new S3Client({ ...clientOf(cloud.endpoint), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'our-models' }));
  });
  afterEach(async () => {
    await stop();
    await cloud?.close();
  });
  afterAll(async () => {
    await registry?.close();
    await rm(work, { recursive: true, force: true });
  });

  const environment = () => ({
    ...registry.environment(work),
    ...NO_ACCOUNT,
    ...(cloud ? { AWS_ENDPOINT_URL: cloud.endpoint } : {}),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    PORT: String(port),
    npm_config_yes: 'true',
    npm_config_update_notifier: 'false',
  });

  async function stop(): Promise<void> {
    const child = server;
    server = undefined;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('close', resolve));
    process.kill(-(child.pid as number), 'SIGTERM');
    await gone;
  }

  /** Starts what serves, and waits for its address. @returns what it has printed by then */
  async function serve(line: string, cwd: string): Promise<string> {
    await stop();
    const child = spawn('sh', ['-c', line], { cwd, env: environment(), detached: true });
    server = child;
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-5000);
    });
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (text) => {
        said += `${text}\n`;
        if (text.startsWith('Page:')) resolve(said);
      });
      child.once('close', (code) => reject(new Error(`${line}\nended with ${code}: ${said}`)));
    });
  }

  async function type(line: string, cwd: string): Promise<string> {
    if (SERVES.test(line)) return serve(line, cwd);
    const { stdout } = await run('sh', ['-c', line], { cwd, env: environment(), maxBuffer: 1 << 26 }).catch(
      (error: Error & { stdout?: string; stderr?: string }) => {
        throw new Error(`${line}\n${error.stdout}${error.stderr}`);
      },
    );
    return stdout;
  }

  /** A new project, where the document does not make one, and what the document takes for granted in it. */
  async function prepare(document: string, walk: Walk): Promise<string> {
    const folder = join(work, document.replaceAll('/', ' '));
    if (walk.empty) {
      await mkdir(folder);
      return folder;
    }
    await cp(join(work, PROJECT), folder, { recursive: true, verbatimSymlinks: true });
    await placeFiles(folder, walk.files ?? []);
    for (let version = 1; version <= (walk.versions ?? 0); version++) {
      await saveTinyModel(openStore(join(folder, '.freezeframe')), 'gnomes', version * 10);
    }
    for (const line of walk.before ?? []) await type(line, folder);
    return folder;
  }

  it.each(Object.entries(WALKS))(
    '%s',
    async (document, walk) => {
      const commands = (await printedIn(document)).filter((command) => !walk.untyped?.[command]);
      let folder = await prepare(document, walk);
      let said = '';
      for (const command of commands) {
        const [, to] = /^cd (\S+)$/.exec(command) ?? [];
        if (to) {
          folder = join(folder, to);
          await placeFiles(folder, walk.files ?? []);
          continue;
        }
        let line = command.replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`);
        for (const [word, pattern] of Object.entries(walk.words ?? {})) {
          if (!line.includes(word)) continue;
          const [, found] = pattern.exec(said) ?? [];
          expect(found, `${word} of ${command} in:\n${said}`).toBeDefined();
          line = line.replaceAll(word, found as string);
        }
        said += `${await type(line, folder)}\n`;
      }
    },
    PATIENCE,
  );
});

function clientOf(endpoint: string) {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = NO_ACCOUNT;
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}
