import { describe, expect, it } from 'vitest';
import { openapi } from '../../../../functions/http/openapi.ts';
import { ROUTES } from '../../../../functions/http/routes/index.ts';
import type { Document, Schema } from '../../../../scripts/local/docs/openapi.ts';
import { docsPage } from '../../../../scripts/local/docs/page.ts';
import { renderDocs } from '../../../../scripts/local/docs/render.ts';
import { typeOf } from '../../../../scripts/local/docs/schema.ts';

const document = (auth = 'public') => openapi(ROUTES, auth) as unknown as Document;

describe('the page on the API', async () => {
  const { html, policy } = await renderDocs(document(), 'http://127.0.0.1:3000');

  it('has every operation, every schema, and no link that leads nowhere', () => {
    for (const { id, path } of ROUTES) {
      expect(html).toContain(`<article id="${id}"`);
      expect(html).toContain(`<code>${path}</code>`);
    }
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
    expect(ids.size).toBe([...html.matchAll(/ id="/g)].length);
  });

  it('loads nothing and runs nothing', () => {
    expect(html).not.toMatch(/<script|\ssrc=|@import|url\(|https?:\/\/(?!127\.0\.0\.1)/);
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-/);
  });

  it('says how to ask, with a key where one is asked for', async () => {
    expect(html).toContain('curl -H &#39;content-type: image/jpeg&#39; --data-binary @picture.jpg ADDRESS/classify');
    expect(html).not.toContain('Asks who is calling.');
    const { html: keyed } = await renderDocs(document('key'), 'http://x');
    expect(keyed).toContain('Asks who is calling.');
    expect(keyed).toContain('Open to everybody.');
    expect(keyed).toContain('-H &#39;authorization: Bearer KEY&#39; -H &#39;content-type: image/jpeg&#39;');
  });

  it('shows what comes from elsewhere as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const { html: shown } = await renderDocs(
      {
        openapi: '3.1.0',
        info: { title: hostile, version: hostile, description: hostile },
        paths: {
          [`/${hostile}`]: { get: { summary: hostile, tags: [hostile], responses: { 200: { description: hostile } } } },
        },
      },
      hostile,
    );
    expect(shown).not.toContain('<img');
  });

  it.each<[Schema, string]>([
    [{ type: 'integer', minimum: 1, maximum: 10 }, 'integer, 1 to 10'],
    [{ type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 }, 'integer'],
    [{ type: 'array', items: { type: 'string' }, minItems: 1 }, 'list of 1 or more string'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{ enum: ['a', 1] }, '<code>&quot;a&quot;</code> or <code>1</code>'],
    [{ anyOf: [{ $ref: '#/components/schemas/A' }, { type: 'null' }] }, '<a href="#schema-A">A</a> or null'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'object of number'],
    [{ type: 'string', maxLength: 5 }, 'string, at most 5 characters'],
    [{}, 'anything'],
  ])('says of %j: %s', (schema, says) => {
    expect(typeOf(schema).text).toBe(says);
  });
});

describe('GET /docs', () => {
  const said = (result: unknown) => async () => ({
    kind: 'response' as const,
    body: Buffer.from(JSON.stringify(result)),
  });

  it('is a page on what the functions say of themselves', async () => {
    const asked: string[] = [];
    const answer = await docsPage(
      async (payload) => {
        asked.push(payload);
        return said({ statusCode: 200, body: JSON.stringify(document()) })();
      },
      'localhost:3000',
      { authorization: 'Bearer k' },
    );
    expect(answer.status).toBe(200);
    expect(String(answer.body)).toContain('http://localhost:3000');
    expect(JSON.parse(asked[0] ?? '')).toMatchObject({
      rawPath: '/openapi.json',
      headers: { authorization: 'Bearer k' },
    });
  });

  it.each([{ statusCode: 401, body: '{}' }, { statusCode: 200, body: '{' }, { statusCode: 200, body: '{}' }, 7])(
    'is not there where they say %j',
    async (result) => {
      expect((await docsPage(said(result), 'x')).status).toBe(404);
    },
  );
});
