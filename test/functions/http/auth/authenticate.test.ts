import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';
import { authenticate } from '../../../../functions/http/auth/authenticate.ts';
import type { KeyRecord } from '../../../../functions/http/auth/key.ts';
import type { GatewayEvent } from '../../../../functions/http/gateway/formats.ts';
import type { HttpEnvironment } from '../../../../functions/http/gateway/gateway.ts';
import { problemResponse } from '../../../../functions/http/responses/problem.ts';
import { ROUTES } from '../../../../functions/http/routes/index.ts';
import { expectPrinted } from '../../../printed.ts';
import { FUTURE, makeKey, PAST } from './keys.ts';

const good = makeKey({ expiresAt: FUTURE });
const expired = makeKey({ expiresAt: PAST });
const revoked = makeKey({ revokedAt: PAST });
const reader = makeKey({ scopes: ['read'] });
const asker = makeKey({ scopes: ['classify'] });
const RECORDS: KeyRecord[] = [good, expired, revoked, reader, asker].map(({ record }) => record);

/** Behind it everything is answered with 200. */
function guarded(keys: () => Promise<readonly KeyRecord[]> = async () => RECORDS) {
  const app = new Hono<HttpEnvironment>();
  app.use(authenticate(ROUTES, keys));
  app.all('*', (context) => context.text('in'));
  app.onError((error, context) => problemResponse(error, context.req.path));
  return app;
}

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

afterEach(() => vi.unstubAllEnvs());

describe('API_AUTH=key, the default', () => {
  beforeEach(() => vi.stubEnv('API_AUTH', ''));

  it('lets good keys in, by either header', async () => {
    const app = guarded();
    expect((await app.request('/classify', { method: 'POST', ...bearer(good.key) })).status).toBe(200);
    expect((await app.request('/models', { headers: { authorization: `bearer  ${good.key}` } })).status).toBe(200);
    expect((await app.request('/models', { headers: { 'x-api-key': good.key } })).status).toBe(200);
    // Another scheme's credentials do not hide it.
    const both = { authorization: 'Basic eDp5', 'x-api-key': good.key };
    expect((await app.request('/models', { headers: both })).status).toBe(200);
  });

  it('answers unknown, expired and revoked keys alike', async () => {
    const app = guarded();
    const answers = await Promise.all(
      [makeKey().key, expired.key, revoked.key, 'nonsense', good.record.sha256].map(async (key) => {
        const response = await app.request('/models', bearer(key));
        return { status: response.status, headers: [...response.headers], body: await response.text() };
      }),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.status).toBe(401);
    expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({
      type: '/errors#key-refused',
      status: 401,
      instance: '/models',
    });
    expect(new Headers(answers[0]?.headers).get('www-authenticate')).toBe(
      'Bearer realm="freezeframe", error="invalid_token"',
    );
  });

  it('does not take a key from the address, and says where it belongs', async () => {
    const keys = vi.fn(async () => RECORDS);
    for (const query of [`key=${good.key}`, `access_token=${good.key}`, good.key, `x-api-key=${good.key}`]) {
      const response = await guarded(keys).request(`/models?${query}`);
      expect(response.status).toBe(401);
      const text = await response.text();
      expect(text).toContain('Keys are not taken from the address');
      expect(text).not.toContain(good.key);
    }
    // Nobody who shows nothing makes the function ask Parameter Store.
    expect(keys).not.toHaveBeenCalled();
  });

  it('asks whoever shows nothing for a key', async () => {
    const response = await guarded().request('/classify', { method: 'POST' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="freezeframe"');
    expect(await response.json()).toMatchObject({ type: '/errors#key-missing' });
    // With an OIP client's eyes:
    expect(await (await guarded().request('/v2/models/a')).json()).toMatchObject({
      error: 'The request carries no key',
    });
  });

  it('keeps a key to its scopes', async () => {
    const app = guarded();
    const status = async (method: string, key: string) =>
      (await app.request('/results/0123456789012345678901', { method, ...bearer(key) })).status;
    expect(await status('GET', reader.key)).toBe(200);
    expect(await status('POST', reader.key)).toBe(403);
    expect(await status('GET', asker.key)).toBe(403);
    expect(await status('POST', asker.key)).toBe(200);
    const refused = await app.request('/classify', { method: 'POST', ...bearer(reader.key) });
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="classify"');
  });

  it('refuses every address without a key but health and the page, and what does not exist too', async () => {
    const app = createApp();
    const open: string[] = [];
    for (const { method, path } of ROUTES) {
      const address = path.replaceAll(/\{\w+\}/g, 'x');
      if ((await app.request(address, { method })).status !== 401) open.push(`${method} ${path}`);
    }
    expect(open.sort()).toEqual([
      'GET /',
      'GET /errors',
      'GET /health',
      'GET /ping',
      'GET /v2/health/live',
      'GET /v2/health/ready',
    ]);
    for (const address of ['/nothing', '/health/x', '/HEALTH', '/v2/health/other', '//health', '/models/../health/']) {
      expect((await app.request(address)).status, address).toBe(401);
    }
    expect((await app.request('/health', { method: 'POST' })).status).toBe(401);
    expect((await app.request('/health', { method: 'HEAD' })).status).not.toBe(401);
    // There is no model: health says so in the log.
    expectPrinted(/request failed/);
  });

  it('answers 503 where keys cannot be read: nobody is let in', async () => {
    vi.stubEnv('API_KEYS_PATH', '');
    const response = await createApp().request('/models', bearer(good.key));
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('API_KEYS_PATH');
    expectPrinted(/request failed.*API_KEYS_PATH/);
  });
});

describe('other words of API_AUTH', () => {
  const ask = (authorizer: Record<string, unknown> | undefined) => {
    const event = { requestContext: { http: { method: 'GET' }, authorizer } } as unknown as GatewayEvent;
    return guarded().request('/models', {}, { event });
  };

  it('public lets everybody in', async () => {
    vi.stubEnv('API_AUTH', 'public');
    expect((await guarded().request('/models')).status).toBe(200);
  });

  it('jwt believes what the authorizer found, and nothing else', async () => {
    vi.stubEnv('API_AUTH', 'jwt');
    expect((await ask({ jwt: { claims: { sub: 'a' }, scopes: null } })).status).toBe(200);
    for (const none of [undefined, {}, { jwt: {} }, { iam: { userArn: 'x' } }]) {
      expect((await ask(none)).status).toBe(401);
    }
    expect((await guarded().request('/models', bearer('eyJhbGciOiJub25lIn0.e30.'))).status).toBe(401);
  });

  it.each([
    [{ scope: 'openid pictures.ask' }, 200],
    [{ scp: '[pictures.ask pictures.read]' }, 200],
    [{ scope: 'openid' }, 403],
    [{ scope: 'pictures.asking' }, 403],
    [{}, 403],
  ])('jwt with scopes answers %j with %i', async (claims, status) => {
    vi.stubEnv('API_AUTH', 'jwt');
    vi.stubEnv('API_JWT_SCOPES', 'pictures.ask, pictures.all');
    expect((await ask({ jwt: { claims } })).status).toBe(status);
  });

  it('iam wants the signature that API Gateway has checked', async () => {
    vi.stubEnv('API_AUTH', 'iam');
    expect((await ask({ iam: { userArn: 'arn:aws:iam::1:user/a' } })).status).toBe(200);
    expect((await ask(undefined)).status).toBe(401);
    expect((await ask({ jwt: { claims: {} } })).status).toBe(401);
  });

  it('any other lets nobody in', async () => {
    vi.stubEnv('API_AUTH', 'Public');
    expect((await guarded().request('/models', bearer(good.key))).status).toBe(503);
    expectPrinted(/request failed.*auth-unavailable/);
  });
});
