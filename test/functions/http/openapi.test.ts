import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createApp } from '../../../functions/http/app.ts';
import { toHandler } from '../../../functions/http/gateway/gateway.ts';
import { openapi } from '../../../functions/http/openapi.ts';
import { methodsAt } from '../../../functions/http/route.ts';
import { ROUTES } from '../../../functions/http/routes/index.ts';
import { useModels } from '../models.ts';

useModels();

interface Operation {
  operationId: string;
  security?: unknown[];
  parameters?: { name: string; in: string; schema: unknown }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, unknown>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  security?: unknown[];
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}
const documentFor = (auth: string) => openapi(ROUTES, auth) as unknown as Document;
const operations = (document: Document) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

describe('the OpenAPI document', () => {
  const document = documentFor('key');
  const described = operations(document);

  it('has every route of the router, and the router every one of it', () => {
    const app = createApp();
    const routed = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)\{\[\^\/:\]\+(:\w+)?\}/g, '{$1}$2')}`);
    expect(described.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(routed.toSorted());
    expect(routed.length).toBeGreaterThan(25);
  });

  it('names each operation once, and each parameter of its path', () => {
    const ids = described.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of described) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name);
      expect(declared.toSorted(), path).toEqual(named.toSorted());
    }
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
    expect(JSON.stringify(document)).not.toContain('$defs');
  });

  it('is read back by zod: its schemas are JSON Schema', () => {
    for (const name of ['Problem', 'UploadRequest', 'ModelReference']) {
      expect(() => z.fromJSONSchema(document.components.schemas[name] as never)).not.toThrow();
    }
  });

  it('asks for what API_AUTH asks for, and says what is open to everybody', () => {
    expect(document.security).toEqual([{ bearer: [] }, { header: [] }]);
    const open = described.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path);
    expect(open.toSorted()).toEqual(['/', '/errors', '/health', '/ping', '/v2/health/live', '/v2/health/ready']);
    expect(documentFor('public').security).toBeUndefined();
    expect(Object.keys(documentFor('jwt').components.securitySchemes)).toEqual(['token']);
    expect(Object.keys(documentFor('iam').components.securitySchemes)).toEqual(['signature']);
  });

  it('is served with an ETag, and not sent again to who has it', async () => {
    const app = createApp();
    for (const path of ['/openapi.json', '/models', '/']) {
      const first = await app.request(path);
      expect(first.status, path).toBe(200);
      const etag = first.headers.get('etag') as string;
      expect(etag).toMatch(/^"[\w-]{22}"$/);
      expect(first.headers.get('cache-control')).toMatch(/no-cache/);
      for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const again = await app.request(path, { headers: { 'if-none-match': header } });
        expect([again.status, await again.text(), again.headers.get('etag')], header).toEqual([304, '', etag]);
      }
      expect((await app.request(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    }
  });
});

describe('methodsAt', () => {
  it('finds paths with names in them, verbs too', () => {
    expect(methodsAt(ROUTES, '/v1/models/a')).toEqual(['GET', 'HEAD']);
    expect(methodsAt(ROUTES, '/v1/models/a:predict')).toEqual(['POST']);
    expect(methodsAt(ROUTES, '/v1/models/a/labels/b:classify')).toEqual(['POST']);
    expect(methodsAt(ROUTES, '/v2/models/a/versions/1/infer')).toEqual(['POST']);
    for (const path of ['/v1/models', '/v1/models/a:drop', '/v1/models/a/b', '/v2/', '/openapi_json', '/results/']) {
      expect(methodsAt(ROUTES, path), path).toEqual([]);
    }
  });

  it.each([
    ['TRACE', '/health', 'GET, HEAD'],
    ['DELETE', '/v1/models/a:predict', 'POST'],
    ['PATCH', '/v2/models/a', 'GET, HEAD'],
  ])('%s %s is 405', async (method, path, allow) => {
    const event = { rawPath: path, rawQueryString: '', headers: {}, requestContext: { http: { method } } };
    const response = await toHandler(createApp())(event);
    expect([response.statusCode, response.headers?.allow]).toEqual([405, allow]);
  });
});
