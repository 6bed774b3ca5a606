import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findKey, KEY } from '../../../functions/http/auth/key.ts';
import { createKeyList } from '../../../functions/http/auth/key-list.ts';
import { useAws } from '../../aws/use-aws.ts';
import { fakeParameters } from '../keys/fake-parameters.ts';
import { run } from './run.ts';

describe('freezeframe keys', () => {
  const aws = useAws();
  const parameters = fakeParameters(aws);
  let store: string;
  beforeAll(async () => {
    store = await mkdtemp(join(tmpdir(), 'freezeframe-keys-'));
    vi.stubEnv('FREEZEFRAME_STORE', store);
  });
  beforeEach(() => parameters.clear());
  afterEach(() => rm(join(store, 'keys.json'), { force: true }));
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(store, { recursive: true, force: true });
  });

  const json = async (...words: string[]) => JSON.parse((await run(['keys', ...words, '--json'])).stdout);
  /** As the deployed function sees it. */
  const opens = async (key: string, path: string) => {
    vi.stubEnv('API_KEYS_PATH', path);
    return findKey(key, await createKeyList()(), Date.now()) !== undefined;
  };

  it('makes a key that the function takes until it is revoked, and shows it once', async () => {
    const made = await json('create', 'web shop', '--stage', 'prod', '--expires', '90d', '--scope', 'classify', 'read');
    expect(made).toMatchObject({ name: 'web shop', state: 'good', scopes: ['classify', 'read'] });
    expect(made.key).toMatch(KEY);
    const [kept] = [...parameters.values()];
    expect(kept).toMatchObject({ Name: `/freezeframe/prod/keys/${made.id}`, Type: 'SecureString' });
    expect(JSON.stringify(kept)).not.toContain(made.key.slice(-43));
    expect(await opens(made.key, '/freezeframe/prod/keys')).toBe(true);
    expect(await opens(made.key, '/freezeframe/dev/keys')).toBe(false);

    const { stdout } = await run(['keys', 'list', '--stage', 'prod']);
    expect(stdout).toMatch(new RegExp(`web shop +${made.id} +good +classify, read`));
    expect(stdout).not.toContain(made.key.slice(-43));
    expect(stdout).not.toContain(JSON.parse(kept?.Value ?? '').sha256);

    expect(await json('revoke', 'web shop', '--stage', 'prod')).toMatchObject({ id: made.id, state: 'revoked' });
    expect(await opens(made.key, '/freezeframe/prod/keys')).toBe(false);
    expect((await json('list', '--stage', 'prod')).keys).toMatchObject([{ id: made.id, state: 'revoked' }]);
  });

  it('says what to do with the key, and that it is not shown again', async () => {
    const { code, stdout } = await run(['keys', 'create', 'me']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ff_[a-z0-9]{12}_[\w-]{43}\n\nKeep it now: it is not shown again\. It works within 60 s/);
    expect([...parameters.keys()][0]).toMatch(/^\/freezeframe\/dev\/keys\//);
  });

  it('keeps several keys, and refuses two good ones of one name', async () => {
    await json('create', 'a', '--path', '/mine');
    await json('create', 'b', '--path', '/mine');
    const again = await run(['keys', 'create', 'a', '--path', '/mine']);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('There is a key called a already');
    await json('revoke', 'a', '--path', '/mine');
    await json('create', 'a', '--path', '/mine');
    expect((await json('list', '--path', '/mine')).keys).toHaveLength(3);
  });

  it('keeps keys of this machine in its store', async () => {
    const made = await json('create', 'me', '--local');
    expect(made.place).toBe(join(store, 'keys.json'));
    expect(await readFile(join(store, 'keys.json'), 'utf8')).not.toContain(made.key.slice(-43));
    expect((await run(['keys', 'list', '--local'])).stdout).toContain('good');
    expect(parameters.size).toBe(0);
  });

  it.each([
    [['create', ''], 2],
    [['create', 'a', '--expires', 'soon'], 2],
    [['create', 'a', '--expires', '2020-01-01'], 2],
    [['create', 'a', '--scope', 'everything'], 2],
    [['create'], 2],
    [['revoke', 'nobody'], 1],
  ])('refuses %j', async (words, code) => {
    const outcome = await run(['keys', ...words]);
    expect([outcome.code, outcome.stdout]).toEqual([code, '']);
    expect(outcome.stderr).not.toMatch(/\n +at /);
    expect(parameters.size).toBe(0);
  });

  it('says that there are none', async () => {
    expect((await run(['keys', 'list'])).stdout).toMatch(/freezeframe keys create NAME$/m);
    expect((await run(['keys', 'list', '--stage', 'prod'])).stdout).toContain('keys create NAME --stage prod');
    expect((await run(['keys', 'list', '--local'])).stdout).toContain('keys create NAME --local');
  });
});
