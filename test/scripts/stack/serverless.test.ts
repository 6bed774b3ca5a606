import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findServerless, runServerless, serverlessLine, serverlessWords } from '../../../scripts/stack/serverless.ts';
import { readSettings, sentences } from '../../../scripts/stack/settings.ts';

/** Stands in for the framework: prints what it was given, or waits until it is told to end. */
const FRAMEWORK = `
import { writeFileSync } from 'node:fs';
const words = process.argv.slice(2);
const wait = () => { setInterval(() => {}, 1000); writeFileSync(words[0] + 's', ''); };
if (words[0] === 'wait') {
  process.on('SIGINT', () => { console.log('told'); process.exit(7); });
  wait();
} else if (words[0] === 'stubborn') {
  process.on('SIGINT', () => {});
  wait();
} else if (words.includes('--param=memory=2')) {
  console.error('Error:\\nExpected more for memory but received "2".\\nEnvironment: linux');
  process.exit(1);
} else if (words[0] === 'print') {
  const provider = { stage: 'prod', region: 'eu-west-1', architecture: 'arm64' };
  const environment = { API_AUTH: 'jwt', API_KEYS_PATH: '/x', API_KEYS_TTL: '5' };
  const functions = { http: { environment, reservedConcurrency: 3 }, a: { reservedConcurrency: { Ref: 'AWS::NoValue' } },
    uploads: { events: [{ sqs: { maximumConcurrency: 50 } }, { sqs: { maximumConcurrency: 5 } }] } };
  console.log(JSON.stringify({ service: 'mine', provider, functions }));
} else console.log(JSON.stringify(words));
`;

describe('the framework', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe serverless-'));
    const home = join(folder, 'node_modules', 'serverless');
    await mkdir(home, { recursive: true });
    await writeFile(join(folder, 'serverless.yml'), '');
    await writeFile(
      join(home, 'package.json'),
      '{"version": "4.9.9", "type": "module", "bin": {"serverless": "run.js"}}',
    );
    await writeFile(join(home, 'run.js'), FRAMEWORK);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is the one that the project has', async () => {
    expect(await findServerless(folder)).toEqual({
      version: '4.9.9',
      script: expect.stringMatching(/serverless[/\\]run\.js$/),
    });
    await expect(findServerless(join(folder, 'node_modules'))).rejects.toMatchObject({
      code: 'serverless-missing',
      remedy: expect.stringContaining('the one with serverless.yml'),
    });
    const bare = await mkdtemp(join(tmpdir(), 'freezeframe-bare-'));
    await writeFile(join(bare, 'serverless.yml'), '');
    await expect(findServerless(bare)).rejects.toMatchObject({ remedy: expect.stringContaining('npm install') });
    await rm(bare, { recursive: true });
  });

  it('is given stage, region and parameters, and nothing that nobody said', async () => {
    const options = { folder, stage: 'prod', region: 'eu-west-1', parameters: ['a=1', 'b=x y'] };
    const { code, stdout } = await runServerless(['deploy'], options);
    const words = ['deploy', '--stage', 'prod', '--region', 'eu-west-1', '--param=a=1', '--param=b=x y'];
    expect([code, JSON.parse(stdout)]).toEqual([0, words]);
    expect(serverlessWords(['deploy'], {})).toEqual(['deploy']);
    expect(serverlessLine(['remove'], { stage: 'prod', region: 'eu-west-1' })).toBe(
      'npx serverless remove --stage prod --region eu-west-1',
    );
  });

  it('is told of Ctrl-C and waited for, and ended at the second', async () => {
    const before = process.listenerCount('SIGINT');
    const press = async (file: string, again = false) => {
      await expect.poll(() => existsSync(join(folder, file))).toBe(true);
      process.emit('SIGINT', 'SIGINT');
      if (again) process.emit('SIGINT', 'SIGINT');
    };
    const [told] = await Promise.all([runServerless(['wait'], { folder }), press('waits')]);
    expect(told).toMatchObject({ code: 7, stopped: true, stdout: 'told\n' });
    const [ended] = await Promise.all([runServerless(['stubborn'], { folder }), press('stubborns', true)]);
    expect(ended).toMatchObject({ code: null, stopped: true });
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('resolves the settings', async () => {
    expect(await readSettings({ folder })).toEqual({
      stack: 'mine-prod',
      stage: 'prod',
      region: 'eu-west-1',
      architecture: 'arm64',
      access: 'jwt',
      keysPath: '/x',
      keysTtl: 5,
      reserved: 3,
      uploadsAtOnce: 50,
    });
    await expect(readSettings({ folder, parameters: ['memory=2'] })).rejects.toMatchObject({
      code: 'settings-refused',
      message: 'serverless.yml cannot be used: Expected more for memory but received "2".',
    });
  });

  it('is quoted without its colours', () => {
    expect(sentences('\u001b[31m✖ Something\u001b[39m\n\n  went wrong\nDocs:  x')).toBe('Something went wrong');
  });
});
