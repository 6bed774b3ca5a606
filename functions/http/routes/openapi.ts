import { authMode } from '../auth/mode.ts';
import { cacheable } from '../responses/cacheable.ts';
import { type Route, route } from '../route.ts';

/**
 * The document of an API.
 * @param routes all of its routes, this one among them.
 */
export function openapiRoute(routes: () => readonly Route[]): Route {
  /** By what they depend on: the way in, and where the API is. */
  const documents = new Map<string, string>();
  return route({
    method: 'GET',
    path: '/openapi.json',
    id: 'openapi',
    tag: 'Service',
    summary: 'This document',
    responses: {
      200: {
        description: 'OpenAPI 3.1.',
        content: { 'application/json': undefined },
        headers: { etag: 'Changes with the document.' },
      },
      304: { description: 'The document is the one whose ETag was sent in if-none-match.' },
    },
    handle: async ({ context }) => {
      const auth = authMode();
      const base = context.env?.base ?? '';
      const name = `${auth} ${base}`;
      let document = documents.get(name);
      if (document === undefined) {
        const { openapi } = await import('../openapi.ts');
        document = JSON.stringify(openapi(routes(), auth, base));
        documents.set(name, document);
      }
      return cacheable(context, document, 'application/json');
    },
  });
}
