import { RequestError } from '@freezeframe/inference';
import type { Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { validate } from '../shared/validate.ts';
import type { HttpEnvironment } from './gateway/gateway.ts';

/** Makes a schema when a request or the OpenAPI document first needs it: see `once`. */
export type Schema<T extends z.ZodMiniType = z.ZodMiniType> = () => T;

/** The response with one status, as the OpenAPI document describes it. */
export interface ResponseDescription {
  readonly description: string;
  /** By media type; undefined for one whose content has no schema (a page, bytes). */
  readonly content?: Readonly<Record<string, Schema | undefined>>;
  /** By name, what each says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One method of one path: what the router calls and what the OpenAPI document says are made of the same. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** OpenAPI's way: `/v1/models/{model}:predict`. */
  readonly path: string;
  /** The operation's name in clients that are generated. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** True where no key is asked for. */
  readonly open?: boolean;
  readonly params?: Schema<z.ZodMiniObject>;
  readonly query?: Schema<z.ZodMiniObject>;
  readonly headers?: Schema<z.ZodMiniObject>;
  /** By media type. */
  readonly body?: Readonly<Record<string, Schema>>;
  /** True where there may be none. */
  readonly bodyIsOptional?: boolean;
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  /** Statuses of problem documents besides those that every route may answer. */
  readonly problems?: readonly number[];
  readonly handle: (context: Context<HttpEnvironment>) => Response | Promise<Response>;
}

interface Definition<P extends z.ZodMiniObject, Q extends z.ZodMiniObject> extends Omit<Route, 'handle'> {
  readonly params?: Schema<P>;
  readonly query?: Schema<Q>;
  readonly handle: (call: {
    context: Context<HttpEnvironment>;
    params: z.output<P>;
    query: z.output<Q>;
  }) => Response | Promise<Response>;
}

type Nothing = z.ZodMiniObject<Record<never, never>>;

/** A route whose handler is given path and query as their schemas read them. */
export function route<P extends z.ZodMiniObject = Nothing, Q extends z.ZodMiniObject = Nothing>(
  definition: Definition<P, Q>,
): Route {
  const { handle, ...rest } = definition;
  return {
    ...rest,
    handle: (context) =>
      handle({
        context,
        params: readParams(context, definition) as z.output<P>,
        query: readQuery(context, definition.query?.()) as z.output<Q>,
      }),
  };
}

export function mount(app: Hono<HttpEnvironment>, routes: readonly Route[]): void {
  for (const { method, path, handle } of routes) app.on(method, honoPath(path), handle);
}

/** The methods that there are at a path, HEAD wherever there is GET. */
export function methodsAt(routes: readonly Route[], path: string): string[] {
  const methods = routes.filter((route) => pattern(route.path).test(path)).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].sort();
}

/** A placeholder and what follows it in its segment. */
const PLACEHOLDER = /\{(\w+)\}(:\w+)?/g;

/** Hono's parameters are whole segments: `{model}:predict` becomes one that ends so. */
function honoPath(path: string): string {
  return path.replaceAll(PLACEHOLDER, (_, name: string, verb = '') => `:${name}{[^/:]+${verb}}`);
}

const patterns = new Map<string, RegExp>();

function pattern(path: string): RegExp {
  let found = patterns.get(path);
  if (!found) {
    const escaped = path.replaceAll('.', '\\.').replaceAll(PLACEHOLDER, (_, __, verb = '') => `[^/:]+${verb}`);
    found = new RegExp(`^${escaped}$`);
    patterns.set(path, found);
  }
  return found;
}

/** A name that no model, version or result can have is not wrong, it is not there. */
function readParams(context: Context, { path, params }: Pick<Route, 'path' | 'params'>): unknown {
  if (!params) return {};
  const raw: Record<string, string> = {};
  for (const [, name = '', verb = ''] of path.matchAll(PLACEHOLDER)) {
    raw[name] = (context.req.param(name) ?? '').slice(0, verb ? -verb.length : undefined);
  }
  const result = params().safeParse(raw);
  if (result.success) return result.data;
  throw new RequestError('not-found', 'There is nothing at this address', { cause: result.error });
}

function readQuery(context: Context, schema: z.ZodMiniObject | undefined): unknown {
  if (!schema) return {};
  // Not assigned one by one: `__proto__` is a name like any other.
  const values = Object.fromEntries(
    Object.entries(context.req.queries()).map(([name, [first, ...more]]) => {
      // A repeated one stays a list, which no parameter is: it is refused, not silently dropped.
      if (more.length > 0) return [name, [first, ...more]];
      return [name, isNumber(schema.shape[name]) ? toNumber(first) : first];
    }),
  );
  return validate(schema, values, 'The query');
}

function isNumber(schema: unknown): boolean {
  // (Not `z.core`: naming it brings all of zod, its fifty languages too, 400 KB to be read at each cold start.)
  return schema instanceof z.ZodMiniNumber || (schema instanceof z.ZodMiniOptional && isNumber(schema.def.innerType));
}

const JSON_NUMBER = /^-?\d{1,20}(\.\d{1,400})?([eE][+-]?\d{1,3})?$/;

/** As JSON writes numbers; what is none stays text, for the schema to refuse. */
function toNumber(text: string | undefined): unknown {
  return text !== undefined && JSON_NUMBER.test(text) ? Number(text) : text;
}
