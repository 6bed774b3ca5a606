import { expected, RequestError } from '@freezeframe/inference';
import { Hono } from 'hono';
import { authenticate } from './auth/authenticate.ts';
import type { HttpEnvironment } from './gateway/gateway.ts';
import { correlate } from './middleware/correlate.ts';
import { cors } from './middleware/cors.ts';
import { problemResponse } from './responses/problem.ts';
import { methodsAt, mount } from './route.ts';
import { ROUTES } from './routes/index.ts';

/** The whole HTTP API: one file per route group, errors as problem documents, the same safe headers everywhere. */
export function createApp(): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();
  app.use(correlate());
  app.use(async (context, next) => {
    await next();
    // Not `context.header`: that makes a new response of one that is there.
    context.res.headers.set('x-content-type-options', 'nosniff');
  });
  // A preflight carries no credentials: this comes before whatever asks for them.
  app.use(cors());
  app.use(authenticate(ROUTES));
  mount(app, ROUTES);
  app.notFound(({ req: { path, method } }) => refuse(path, method));
  app.onError((error, context) => problemResponse(error, context.req.path));
  return app;
}

/** Nothing at this address, or nothing for this method: then `Allow` names the methods that there are. */
function refuse(path: string, method: string): Response {
  const methods = methodsAt(ROUTES, path);
  if (methods.length === 0) {
    return problemResponse(new RequestError('not-found', 'There is nothing at this address'), path);
  }
  const allow = methods.join(', ');
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  const error = new RequestError('method-not-allowed', expected(allow, 'the method', method));
  return problemResponse(error, path, { allow });
}
