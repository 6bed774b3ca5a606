import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../scripts/store/places.ts';
import { MINISTACK, startMiniStack } from '../aws/ministack.ts';
import { NO_ACCOUNT } from '../aws/package-stack.ts';
import { plainPicture } from '../functions/pictures.ts';
import { saveTinyModel } from '../scripts/tiny-model.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The files that a clone has, changes included; none where this is no repository. */
const FILES =
  spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).stdout?.split('\0').filter(Boolean) ?? [];

const SKIPPED = MINISTACK ? (FILES.length > 0 ? undefined : 'this is no clone') : 'set MINISTACK';
if (SKIPPED) console.warn(`skipped: the README's way to deploy (${SKIPPED})`);

/** The commands of a document's section: its lines that are indented by four. */
async function commandsOf(document: string, section: string): Promise<string[]> {
  const text = await readFile(join(ROOT, document), 'utf8');
  const [, body = ''] = new RegExp(`\n## ${section}\n([\\s\\S]*?)(?=\n## |$)`).exec(text) ?? [];
  return [...body.matchAll(/^ {4}(\S.*)$/gm)].map(([, line]) => (line as string).replace(/ {2,}#.*$/, ''));
}

describe.skipIf(SKIPPED)('the README, line by line, in a clean clone', () => {
  let clone: string;
  let cloud: Awaited<ReturnType<typeof startMiniStack>>;
  beforeAll(async () => {
    clone = await mkdtemp(join(tmpdir(), 'freezeframe-clone-'));
    for (const file of FILES) {
      // A file that was removed and not committed yet is in the list, and not in the clone.
      await cp(join(ROOT, file), join(clone, file)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    // What npm ci would make.
    await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
    await saveTinyModel(openStore(join(clone, '.freezeframe')), 'tiny', 10);
    // The stack as it is refuses whatever comes without TLS, which a local AWS has not.
    cloud = await startMiniStack({ enforced: false });
  });
  afterAll(async () => {
    await cloud?.close();
    await rm(clone, { recursive: true, force: true });
  });

  async function type(line: string): Promise<string> {
    const env = {
      PATH: process.env.PATH,
      HOME: clone,
      ...NO_ACCOUNT,
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      npm_config_update_notifier: 'false',
    };
    const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: clone, env, maxBuffer: 1 << 26 }).catch(
      (error: Error & { stdout?: string; stderr?: string }) => {
        throw new Error(`${line}\n${error.stdout}${error.stderr}`);
      },
    );
    return stdout;
  }

  it('deploys, and answers whoever has the key that it made', async () => {
    const lines = await commandsOf('README.md', 'Deploy');
    expect(lines).toEqual([
      'npx freezeframe bundle --arch x64',
      'npx serverless deploy',
      'npx freezeframe keys create me',
    ]);
    const said: string[] = [];
    for (const line of lines) said.push(await type(line));
    const [key = ''] = /^ff_\S+/.exec(said.at(-1) as string) ?? [];
    const info = await type('npx serverless info --verbose');
    const [, id] = /HttpApiId: (\w+)/.exec(info) ?? [];
    const ask = (authorization: string) =>
      plainPicture('red', 'jpeg').then((body) =>
        fetch(`${cloud.endpoint}/_aws/execute-api/${id}/$default/classify`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'image/jpeg' },
          body: new Uint8Array(body),
        }),
      );
    const answer = await ask(`Bearer ${key}`);
    expect([answer.status, await answer.json()]).toMatchObject([200, { predictions: [{ label: 'red' }, {}] }]);
    expect((await ask(`Bearer ${key.slice(0, -1)}`)).status).toBe(401);
  }, 300_000);

  it('moves the tag of a model, and goes back, as docs/deploy.md says', async () => {
    const store = openStore(join(clone, '.freezeframe'));
    await saveTinyModel(store, 'gnomes', 10);
    await saveTinyModel(store, 'gnomes', 20);
    const [tag = '', deploy = '', list = '', back = '', ...alias] = await commandsOf(
      'docs/deploy.md',
      'Another version of a model',
    );
    expect(alias.every((line) => line.startsWith('aws lambda '))).toBe(true);
    expect(await type(tag)).toContain('gnomes@2 is production now');
    await type(deploy);
    expect(await readFile(join(clone, 'build', 'layers', 'model', 'models', 'index.json'), 'utf8')).toContain('"2"');
    const [, timestamp = ''] = /Timestamp: (\d+)/.exec(await type(list)) ?? [];
    expect(await type(back.replace('TIMESTAMP', timestamp))).toBeDefined();
  }, 300_000);

  it('takes it down', async () => {
    for (const line of await commandsOf('docs/deploy.md', 'Take it down')) await type(line);
    await expect(type('npx serverless info')).rejects.toThrow(/does not exist/);
  }, 300_000);
});
