import { FreezeframeError, RequestError } from '@freezeframe/inference';
import type { Context, MiddlewareHandler } from 'hono';
import { correlated } from '../../shared/observe/correlation.ts';
import type { HttpEnvironment } from '../gateway/gateway.ts';
import { problemResponse } from '../responses/problem.ts';
import { methodsAt, type Route } from '../route.ts';
import { hasJwtScope, iamCaller, jwtCaller } from './authorizer.ts';
import { hasKeyInQuery, presentedKey } from './credentials.ts';
import { findKey, type KeyScope } from './key.ts';
import { createKeyList } from './key-list.ts';
import { authMode } from './mode.ts';

/** What may be read without knowing the caller, and whose log lines it is. */
type Decision =
  | { readonly allowed: true; readonly caller?: string }
  | { readonly allowed: false; readonly response: Response };

/**
 * Lets in whom API_AUTH allows. Every address refuses, those that do not exist among them, except the routes that say they
 * are open: health, and the page, which holds no data.
 */
export function authenticate(routes: readonly Route[], keys = createKeyList()): MiddlewareHandler<HttpEnvironment> {
  const open = routes.filter((route) => route.open);
  return async (context, next) => {
    const { path, method } = context.req;
    if (methodsAt(open, path).includes(method)) return next();
    const decision = await decide(context, keys);
    if (!decision.allowed) return decision.response;
    return decision.caller ? correlated({ caller: decision.caller }, next) : next();
  };
}

async function decide(context: Context<HttpEnvironment>, keys: ReturnType<typeof createKeyList>): Promise<Decision> {
  switch (authMode()) {
    case 'public':
      return { allowed: true };
    case 'key':
      return byKey(context, keys);
    case 'jwt': {
      const caller = jwtCaller(context.env?.event);
      if (!caller) return refuse(context, 'Bearer', 'token-missing', 'The request carries no token that was verified');
      if (hasJwtScope(caller)) return { allowed: true, caller: caller.name };
      return forbid(context, 'The token has none of the scopes that this service asks for');
    }
    case 'iam': {
      const caller = iamCaller(context.env?.event);
      if (caller) return { allowed: true, caller: caller.name };
      return refuse(context, 'AWS4-HMAC-SHA256', 'token-missing', 'The request is not signed');
    }
  }
}

async function byKey(context: Context<HttpEnvironment>, keys: ReturnType<typeof createKeyList>): Promise<Decision> {
  const { raw, method, url } = context.req;
  const presented = presentedKey(raw.headers);
  if (!presented) {
    return refuse(context, 'Bearer', 'key-missing', 'The request carries no key', {
      remedy: hasKeyInQuery(url)
        ? 'Keys are not taken from the address, which is logged: send authorization: Bearer ff_... and revoke this one.'
        : 'Send it as authorization: Bearer ff_... (freezeframe keys create makes one).',
    });
  }
  const record = findKey(presented, await keys(), Date.now());
  // One answer for an unknown key, an expired and a revoked one: which of them it is, is the owner's business.
  if (!record) return refuse(context, 'Bearer', 'key-refused', 'The key opens nothing here', { invalid: true });
  const scope: KeyScope = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'read' : 'classify';
  if (record.scopes && !record.scopes.includes(scope)) return forbid(context, `The key is not for ${scope}`, scope);
  return { allowed: true, caller: record.id };
}

/** 401, with the challenge that RFC 9110 wants and RFC 6750 spells out. */
function refuse(
  { req: { path } }: Context,
  scheme: string,
  code: 'key-missing' | 'key-refused' | 'token-missing',
  message: string,
  { remedy, invalid }: { remedy?: string; invalid?: boolean } = {},
): Decision {
  const error = new FreezeframeError(code, message, remedy ? { remedy } : {});
  const challenge = `${scheme} realm="freezeframe"${invalid ? ', error="invalid_token"' : ''}`;
  return { allowed: false, response: problemResponse(error, path, { 'www-authenticate': challenge }) };
}

function forbid({ req: { path } }: Context, message: string, scope?: string): Decision {
  const error = new RequestError('scope-missing', message);
  const challenge = `Bearer realm="freezeframe", error="insufficient_scope"${scope ? `, scope="${scope}"` : ''}`;
  return { allowed: false, response: problemResponse(error, path, { 'www-authenticate': challenge }) };
}
