import * as z from 'zod/mini';
import inferencePackage from '../../layers/inference/package.json' with { type: 'json' };
import type { ResponseDescription, Route, Schema } from './route.ts';
import { problem } from './schemas.ts';

type Json = Record<string, unknown>;

/** What every route may answer: API Gateway's throttling and the function's own failures among it. */
const EVERYWHERE = [400, 401, 403, 429, 500, 503];

const STATUS: Readonly<Record<number, string>> = {
  400: 'The request is not well formed.',
  401: 'No key, or none that opens this.',
  403: 'Known, and not allowed.',
  404: 'There is no such thing.',
  410: 'It is no longer kept.',
  413: 'Too large.',
  415: 'A content type, an encoding or a picture format that is not supported.',
  422: 'Well formed, but not for this model, or not a picture that can be decoded.',
  429: 'Too many requests.',
  500: 'Something went wrong here.',
  503: 'Not ready, or busy; ask again.',
};

/** How a caller shows who it is, by API_AUTH. */
const SCHEMES: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  public: {},
  key: {
    bearer: { type: 'http', scheme: 'bearer', description: 'A key: ff_<id>_<secret>.' },
    header: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same in a header of its own.' },
  },
  jwt: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
  iam: {
    signature: {
      type: 'apiKey',
      in: 'header',
      name: 'authorization',
      description: 'AWS Signature Version 4 for execute-api.',
    },
  },
};

/** The OpenAPI 3.1 document of the routes below `base`, made of the very schemas that read requests. */
export function openapi(routes: readonly Route[], auth: string, base = ''): Json {
  const schemas: Json = {};
  const schemes = SCHEMES[auth] ?? {};
  const security = Object.keys(schemes).map((name) => ({ [name]: [] }));
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operation(route, schemas, security);
    paths[route.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Freezeframe',
      version: inferencePackage.version,
      description: 'Asks frozen models about pictures and tensors.',
    },
    servers: [{ url: base || '/' }],
    ...(security.length > 0 ? { security } : {}),
    paths,
    components: { schemas: sorted(schemas), securitySchemes: schemes },
  };
}

function operation(route: Route, schemas: Json, security: readonly Json[]): Json {
  const parameters = [
    ...parametersOf(route.params, 'path', schemas),
    ...parametersOf(route.query, 'query', schemas),
    ...parametersOf(route.headers, 'header', schemas),
  ];
  const responses: Json = {};
  for (const [status, answered] of Object.entries(route.responses)) responses[status] = response(answered, schemas);
  const content = { 'application/problem+json': { schema: toSchema(problem(), 'output', schemas) } };
  for (const status of [...EVERYWHERE, ...(route.problems ?? [])]) {
    responses[status] ??= { description: STATUS[status], content };
  }
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    // An empty list says that this one is open to everybody.
    ...(route.open && security.length > 0 ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body
      ? { requestBody: { required: !route.bodyIsOptional, content: contentOf(route.body, 'input', schemas) } }
      : {}),
    responses,
  };
}

function response({ description, content, headers }: ResponseDescription, schemas: Json): Json {
  return {
    description,
    ...(content ? { content: contentOf(content, 'output', schemas) } : {}),
    ...(headers
      ? {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, says]) => [name, { description: says, schema: { type: 'string' } }]),
          ),
        }
      : {}),
  };
}

function contentOf(content: Readonly<Record<string, Schema | undefined>>, io: 'input' | 'output', schemas: Json): Json {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [type, schema ? { schema: toSchema(schema(), io, schemas) } : {}]),
  );
}

function parametersOf(
  object: Schema<z.ZodMiniObject> | undefined,
  place: 'path' | 'query' | 'header',
  schemas: Json,
): Json[] {
  return Object.entries(object?.().shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = toSchema(schema as z.ZodMiniType, 'input', schemas);
    return {
      name,
      in: place,
      required: place === 'path' || !(schema as z.ZodMiniType).safeParse(undefined).success,
      ...(description ? { description } : {}),
      schema: rest,
    };
  });
}

/** JSON Schema of one schema; what has an id goes to `schemas`, and a reference stays. */
function toSchema(schema: z.ZodMiniType, io: 'input' | 'output', schemas: Json): Json {
  // As a property: a schema with an id becomes a definition only below the root.
  const whole = z.toJSONSchema(z.object({ root: schema }), {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
  }) as unknown as { properties: { root: Json }; $defs?: Json };
  for (const [id, definition] of Object.entries(whole.$defs ?? {})) {
    const { id: _, ...rest } = definition as Json;
    schemas[id] = moved(rest);
  }
  return moved(whole.properties.root) as Json;
}

/** zod refers to `#/$defs/`; an OpenAPI document keeps its schemas elsewhere. */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? inner.replace('#/$defs/', '#/components/schemas/') : moved(inner),
    ]),
  );
}

function sorted(object: Json): Json {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
