import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What of a request goes into an event. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** As Node gives them: lower case, repeated ones joined. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly protocol?: string;
}

/** Between two parties of one connection only: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
export const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const TEXTUAL = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b)/i;

/**
 * The event that an HTTP API sends for a request, payload format 2.0
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html). The body is base64
 * unless its type is textual.
 */
export function toEvent(request: HttpRequest): object {
  const { method, headers, body } = request;
  const [rawPath, rawQueryString] = splitUrl(request.url);
  const now = new Date();
  const domainName = typeof headers.host === 'string' ? headers.host : 'localhost';
  const cookies = headers.cookie
    ?.split(';')
    .map((cookie) => cookie.trim())
    .filter(Boolean);
  const parameters = queryParameters(rawQueryString);
  const isText = maybeText(headers) && isUtf8(body);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...(cookies?.length ? { cookies } : {}),
    headers: eventHeaders(request),
    ...(parameters ? { queryStringParameters: parameters } : {}),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method,
        path: rawPath,
        protocol: request.protocol ?? 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Whether a body with these headers becomes text in the event, if it is UTF-8. */
function maybeText(headers: IncomingHttpHeaders): boolean {
  const encoded = headers['content-encoding'] && headers['content-encoding'] !== 'identity';
  return !encoded && TEXTUAL.test(headers['content-type'] ?? '');
}

/** Clients that take a server for a proxy name it in the request's target, which servers have to take: RFC 9112, 3.2.2. */
const ORIGIN = /^https?:\/\/[^/?]*/i;

/** A request's target as path and query. */
export function splitUrl(url: string): [path: string, query: string] {
  const [path = '', ...more] = url.replace(ORIGIN, '').split('?');
  return [path || '/', more.join('?')];
}

/** Repeated names are joined by commas, values are decoded. */
function queryParameters(query: string): Record<string, string> | undefined {
  if (query === '') return undefined;
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

function eventHeaders({ headers, sourceIp }: HttpRequest): Record<string, string> {
  const kept: Record<string, string> = {};
  const left = new Set([
    ...HOP_BY_HOP,
    'cookie',
    'expect',
    ...(headers.connection ?? '').toLowerCase().split(/\s*,\s*/),
  ]);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !left.has(name)) kept[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const forwarded = headers['x-forwarded-for'];
  kept['x-forwarded-for'] = forwarded ? `${forwarded}, ${sourceIp}` : sourceIp;
  kept['x-forwarded-proto'] = 'http';
  return kept;
}

/** `21/Nov/2026:06:14:05 +0000` */
function commonLogTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
