import { expected, RequestError } from '@freezeframe/inference';
import { type Context, Hono } from 'hono';
import { classifyRoutes } from './classify.ts';
import { healthRoutes } from './health.ts';
import { modelsRoutes } from './models.ts';
import { pageRoutes } from './page.ts';
import { problemResponse } from './problem.ts';

/** The whole HTTP API: one file per route group, errors as problem documents, the same safe headers everywhere. */
export function createApp(): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('x-content-type-options', 'nosniff');
  });
  for (const routes of [pageRoutes(), healthRoutes(), modelsRoutes(), classifyRoutes()]) app.route('/', routes);
  app.notFound((context) => refuse(app, context));
  app.onError((error, context) => problemResponse(error, context.req.path));
  return app;
}

/** Nothing at this address, or nothing for this method: then `Allow` names the methods that there are. */
function refuse(app: Hono, { req: { path, method } }: Context): Response {
  const methods = allowedMethods(app, path);
  if (methods.length === 0) {
    return problemResponse(new RequestError('not-found', 'There is nothing at this address'), path);
  }
  const allow = methods.join(', ');
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  const error = new RequestError('method-not-allowed', expected(allow, 'the method', method));
  return problemResponse(error, path, { allow });
}

function allowedMethods(app: Hono, path: string): string[] {
  const methods = app.routes
    .filter((route) => route.path === path && route.method !== 'ALL')
    .map(({ method }) => method);
  // Hono answers HEAD wherever it answers GET.
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].sort();
}
