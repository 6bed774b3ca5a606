import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetParameterCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../functions/http/app.ts';
import { keyFile } from '../../../scripts/keys/key-file.ts';
import { createKey } from '../../../scripts/keys/keys.ts';
import { defaultAuth, type LocalAuth, startLocalAuth } from '../../../scripts/local/auth.ts';
import { useModels } from '../../functions/models.ts';

describe('defaultAuth', () => {
  it('asks for no key on this machine, and for one as soon as others reach it', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1', '127.8.9.1']) expect(defaultAuth(host)).toBe('public');
    for (const host of ['0.0.0.0', '::', '192.168.1.4', '127.0.0.1.example.org']) expect(defaultAuth(host)).toBe('key');
  });
});

describe('the gateway with --auth key', () => {
  useModels();
  let folder: string;
  let auth: LocalAuth;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freezeframe-auth-'));
    auth = await startLocalAuth('key', join(folder, 'keys.json'));
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(async () => {
    auth.close();
    await rm(folder, { recursive: true, force: true });
  });

  const useEnvironment = (environment: Readonly<Record<string, string>>) => {
    const all = { AWS_REGION: 'x', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', ...environment };
    for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  };

  it('lets the keys of this machine in, by the function and the client that are deployed', async () => {
    useEnvironment({ ...auth.environment, API_KEYS_TTL: '0.001' });
    const app = createApp();
    const { key, record } = createKey({ name: 'me' });
    const status = async (headers: Record<string, string>) => (await app.request('/models', { headers })).status;
    expect(await status({ authorization: `Bearer ${key}` })).toBe(401);
    await keyFile(join(folder, 'keys.json')).put(record);
    expect(await status({ authorization: `Bearer ${key}` })).toBe(200);
    expect(await status({})).toBe(401);
    await keyFile(join(folder, 'keys.json')).put({ ...record, revokedAt: record.createdAt });
    expect(await status({ 'x-api-key': key })).toBe(401);
  });

  it('knows no other path and no other operation', async () => {
    useEnvironment(auth.environment);
    const client = new SSMClient({ maxAttempts: 1 });
    const { Parameters } = await client.send(new GetParametersByPathCommand({ Path: '/other' }));
    expect(Parameters).toEqual([]);
    await expect(client.send(new GetParameterCommand({ Name: '/other' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });

  it('starts nothing where everybody may ask', async () => {
    expect((await startLocalAuth('public')).environment).toEqual({ API_AUTH: 'public' });
  });
});
