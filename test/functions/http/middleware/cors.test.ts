import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';

afterEach(() => vi.unstubAllEnvs());

const app = createApp();
const ask = (origin: string | undefined, init: RequestInit = {}, headers: Record<string, string> = {}) =>
  app.request('/v2/health/live', { ...init, headers: { ...(origin ? { origin } : {}), ...headers } });
const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };

describe('CORS_ORIGINS', () => {
  it('is off by default: nothing is said to other origins', async () => {
    const response = await ask('https://a.example');
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    const options = await ask('https://a.example', { method: 'OPTIONS' }, preflight);
    expect(options.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('lets in the origins that are listed, and only these', async () => {
    vi.stubEnv('CORS_ORIGINS', 'https://a.example, https://b.example');
    const good = await ask('https://b.example');
    expect(good.headers.get('access-control-allow-origin')).toBe('https://b.example');
    expect(good.headers.get('access-control-expose-headers')).toContain('server-timing');
    for (const origin of ['https://a.example.evil', 'https://a.exampl', 'null', undefined]) {
      const bad = await ask(origin);
      expect(bad.status).toBe(200);
      expect(bad.headers.get('access-control-allow-origin')).toBeNull();
      expect(bad.headers.get('vary')).toContain('origin');
    }
  });

  it('answers a preflight before anything asks for a key', async () => {
    vi.stubEnv('CORS_ORIGINS', '*');
    vi.stubEnv('API_AUTH', 'key');
    const options = await app.request('/classify', {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', ...preflight },
    });
    expect(options.status).toBe(204);
    expect(options.headers.get('access-control-allow-origin')).toBe('*');
    expect(options.headers.get('access-control-allow-methods')).toContain('POST');
    const allowed = options.headers.get('access-control-allow-headers')?.split(', ');
    // A compressed body and a document that is kept, too: a browser sends neither where it was not told that it may.
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-encoding', 'if-none-match']));
    // With any origin allowed, a key is all that may open the door: never a cookie.
    expect(options.headers.get('access-control-allow-credentials')).toBeNull();
  });
});
