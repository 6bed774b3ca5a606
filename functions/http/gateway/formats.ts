import { STATUS_CODES } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { MAX_ANSWER_BYTES, MAX_BALANCED_BYTES } from '../../shared/limits.ts';
import { fieldsOf, isRecord, type JsonObject } from '../../shared/record.ts';

/** What of an API Gateway payload 2.0 event is read; the other formats are read into it. */
export type GatewayEvent = Pick<APIGatewayProxyEventV2, 'rawPath' | 'rawQueryString' | 'headers'> & {
  cookies?: string[];
  body?: string | null;
  isBase64Encoded?: boolean;
  requestContext: {
    http: { method: string };
    requestId?: string;
    stage?: string;
    /** What API Gateway's authorizer found: a token's claims, say. */
    authorizer?: Record<string, unknown>;
  };
};

/** A result of payload 2.0, with what the other formats have besides. */
export interface GatewayResult extends APIGatewayProxyStructuredResultV2 {
  multiValueHeaders?: Record<string, string[]>;
  statusDescription?: string;
}

/** How something that stands before the function tells it of a request, and wants to be answered. */
export interface EventFormat {
  /** The largest result that it lets through, as JSON. Bytes. */
  readonly most: number;
  recognises(event: JsonObject): boolean;
  read(event: JsonObject): GatewayEvent;
  write(result: APIGatewayProxyStructuredResultV2, event: JsonObject): GatewayResult;
}

/** API Gateway's HTTP API, and a function URL. */
const payload2: EventFormat = {
  most: MAX_ANSWER_BYTES,
  recognises: ({ rawPath, requestContext }) =>
    typeof rawPath === 'string' && typeof fieldsOf(fieldsOf(requestContext).http).method === 'string',
  read: (event) => {
    const { rawQueryString, headers } = event as unknown as GatewayEvent;
    return { ...(event as unknown as GatewayEvent), rawQueryString: rawQueryString ?? '', headers: headers ?? {} };
  },
  write: (result) => result,
};

/** A load balancer: the query is as it was sent, and the answer has lists of headers where the event has. */
const loadBalancer: EventFormat = {
  most: MAX_BALANCED_BYTES,
  recognises: (event) => isOlder(event) && 'elb' in fieldsOf(event.requestContext),
  read: (event) => ({
    ...common(event),
    rawQueryString: pairs(event.multiValueQueryStringParameters ?? event.queryStringParameters)
      .map(([name, value]) => `${name}=${value}`)
      .join('&'),
    requestContext: { http: { method: String(event.httpMethod) } },
  }),
  write: ({ cookies = [], headers = {}, ...result }, event) => {
    const { statusCode = 200 } = result;
    const all = Object.entries({ ...headers, ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}) });
    return {
      ...result,
      statusDescription: `${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trim(),
      ...(event.multiValueHeaders
        ? { multiValueHeaders: Object.fromEntries(all.map(([name, value]) => [name, [value].flat().map(String)])) }
        : { headers: Object.fromEntries(all.map(([name, value]) => [name, String([value].flat().at(-1))])) }),
    };
  },
};

/** API Gateway's REST API, and an HTTP API that was told to send payload 1.0: the query is decoded. */
const payload1: EventFormat = {
  most: MAX_ANSWER_BYTES,
  recognises: isOlder,
  read: (event) => {
    const context = fieldsOf(event.requestContext);
    const query = pairs(event.multiValueQueryStringParameters ?? event.queryStringParameters);
    return {
      ...common(event),
      rawQueryString: query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
      requestContext: {
        http: { method: String(event.httpMethod) },
        ...(typeof context.requestId === 'string' ? { requestId: context.requestId } : {}),
        ...(typeof context.stage === 'string' ? { stage: context.stage } : {}),
        authorizer: authorizerOf(context),
      },
    };
  },
  write: ({ cookies = [], ...result }) => ({
    ...result,
    ...(cookies.length > 0 ? { multiValueHeaders: { 'set-cookie': cookies } } : {}),
  }),
};

/** The first that recognises an event reads it. */
export const FORMATS: readonly EventFormat[] = [payload2, loadBalancer, payload1];

function isOlder({ httpMethod, path, requestContext }: JsonObject): boolean {
  return typeof httpMethod === 'string' && typeof path === 'string' && typeof requestContext === 'object';
}

function common(event: JsonObject): Pick<GatewayEvent, 'rawPath' | 'headers' | 'body' | 'isBase64Encoded'> {
  const headers: Record<string, string> = {};
  for (const [name, value] of pairs(event.multiValueHeaders ?? event.headers)) {
    const lower = name.toLowerCase();
    const before = headers[lower];
    headers[lower] = before === undefined ? value : `${before}${lower === 'cookie' ? '; ' : ', '}${value}`;
  }
  return {
    rawPath: String(event.path),
    headers,
    body: typeof event.body === 'string' ? event.body : null,
    isBase64Encoded: event.isBase64Encoded === true,
  };
}

/**
 * Whom API Gateway has verified, where payload 2.0 has it: claims of a Cognito user pool, the ARN of a signature (which is
 * null where none was asked for).
 */
function authorizerOf(context: JsonObject): Record<string, unknown> {
  const { claims } = fieldsOf(context.authorizer);
  const { userArn } = fieldsOf(context.identity);
  return {
    ...(isRecord(claims) ? { jwt: { claims } } : {}),
    ...(typeof userArn === 'string' ? { iam: { userArn } } : {}),
  };
}

/** Names with one value each, or with a list of them. */
function pairs(values: unknown): [string, string][] {
  return Object.entries(fieldsOf(values)).flatMap(([name, value]) =>
    [value].flat().flatMap((one): [string, string][] => (typeof one === 'string' ? [[name, one]] : [])),
  );
}
