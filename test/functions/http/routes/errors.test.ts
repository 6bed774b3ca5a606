import { PROBLEMS } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';

describe('GET /errors', () => {
  it('has the anchor that the type of each problem leads to, and loads nothing', async () => {
    const response = await createApp().request('/errors');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'");
    const page = await response.text();
    const anchors = [...page.matchAll(/ id="([\w-]+)"/g)].map(([, id]) => id);
    expect(anchors).toEqual(Object.keys(PROBLEMS));
    expect(page).not.toMatch(/src=|href=|&/);
  });

  it('is where the type of a problem leads', async () => {
    const app = createApp();
    const { type } = (await (await app.request('/nowhere')).json()) as { type: string };
    const address = new URL(type, 'https://function.internal/nowhere');
    const page = await (await app.request(address.pathname)).text();
    expect(page).toContain(`id="${address.hash.slice(1)}"`);
  });
});
