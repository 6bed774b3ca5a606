import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../functions/http/routes/index.ts';

type Value = string | number | boolean;
type Settings = Record<string, unknown> & { routes: { httpApi: unknown }[] };

const require = createRequire(import.meta.url);
const settings = require('../../resources/settings.cjs') as (tools: {
  resolveVariable(name: string): Promise<Value>;
}) => Promise<Settings>;

const DEFAULTS: Record<string, Value> = {
  access: 'key',
  timeout: 60,
  batchWindow: 1,
  tracing: false,
  alarmEmail: '',
  readBuckets: '',
  corsOrigins: '',
  jwtIssuer: '',
  jwtAudience: '',
  jwtScopes: '',
};

const resolve = (changed: Record<string, Value>) =>
  settings({ resolveVariable: async (name) => ({ ...DEFAULTS, ...changed })[name.replace('param:', '')] as Value });

describe('settings', () => {
  it.each(['key', 'public'])('leave %s to the function', async (access) => {
    expect((await resolve({ access })).routes).toEqual([{ httpApi: '*' }]);
  });

  it('sign everything but what the function leaves open', async () => {
    const { routes } = await resolve({ access: 'iam' });
    const open = ROUTES.filter((route) => route.open).map(({ method, path }) => `${method} ${path}`);
    expect(routes[0]).toEqual({ httpApi: { method: '*', path: '*', authorizer: { type: 'aws_iam' } } });
    const named = routes.slice(1).map(({ httpApi }) => httpApi);
    expect(named.toSorted()).toEqual([...open, 'OPTIONS /{proxy+}'].sort());
  });

  it('give the queue six attempts, and no less than an announcement in doubt needs', async () => {
    expect((await resolve({ timeout: 100, batchWindow: 2 })).visibility).toBe(602);
    expect((await resolve({ timeout: 10, batchWindow: 0 })).visibility).toBe(360);
  });

  it.each([
    [{ access: 'anybody' }, /--param="access=key".*\n.*--param="access=iam"/],
    [{ access: '' }, /Nobody has said who may call the API/],
    [{ access: 'toString' }, /Nobody has said who may call the API/],
    [{ access: 'jwt' }, /--param="jwtIssuer=https:/],
    [{ access: 'jwt', jwtIssuer: 'http://id.example.org', jwtAudience: 'a' }, /--param="jwtIssuer=https:/],
    [{ access: 'jwt', jwtIssuer: 'https://id.example.org' }, /--param="jwtAudience=/],
    [{ jwtAudience: 'a' }, /say --param="access=jwt" too/],
    [{ timeout: 901 }, /1 to 900 seconds/],
    [{ timeout: 'soon' }, /1 to 900 seconds/],
  ])('refuse %j, and say what to do', async (changed, says) => {
    await expect(resolve(changed as Record<string, Value>)).rejects.toThrow(says);
  });
});
