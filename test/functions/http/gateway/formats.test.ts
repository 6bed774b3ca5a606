import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';
import { toHandler } from '../../../../functions/http/gateway/gateway.ts';
import { expectPrinted } from '../../../printed.ts';
import { useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';

useModels();
const handler = toHandler(createApp());
const read = ({ body = '' }: { body?: string | undefined }) => JSON.parse(body);
const blue = async () => ({ body: (await plainPicture('blue')).toString('base64'), isBase64Encoded: true });

const payload2 = (rawPath: string, stage = '$default', more: object = {}) => ({
  version: '2.0',
  rawPath,
  rawQueryString: '',
  headers: { 'content-type': 'image/png' },
  requestContext: { stage, http: { method: 'POST' } },
  ...more,
});
const payload1 = (path: string, more: object = {}) => ({
  version: '1.0',
  path,
  httpMethod: 'POST',
  headers: { 'Content-Type': 'image/png' },
  multiValueHeaders: { 'Content-Type': ['image/png'] },
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  requestContext: { stage: 'prod', path: `/prod${path}`, requestId: 'r1', identity: { userArn: null } },
  ...more,
});
const balancer = (more: object = {}) => ({
  requestContext: { elb: { targetGroupArn: 'arn' } },
  httpMethod: 'POST',
  path: '/classify',
  queryStringParameters: {},
  headers: { 'content-type': 'image/png' },
  ...more,
});

afterEach(() => vi.unstubAllEnvs());

describe('an event of another format', () => {
  it('of a REST API is answered, with the id of its request', async () => {
    const result = await handler({ ...payload1('/classify'), ...(await blue()) });
    expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: false, headers: { 'x-request-id': 'r1' } });
    expect(read(result).predictions[0].label).toBe('blue');
    expect(result).not.toHaveProperty('cookies');
  });

  it('of a REST API has a decoded query, of a load balancer one as it was sent', async () => {
    const values = { multiValueQueryStringParameters: { model: ['colours'], top_k: ['1'] } };
    expect(read(await handler({ ...payload1('/classify', values), ...(await blue()) })).predictions).toHaveLength(1);
    const twice = { multiValueQueryStringParameters: { top_k: ['1', '2'] } };
    expect(await handler({ ...payload1('/classify', twice), ...(await blue()) })).toMatchObject({ statusCode: 400 });
    const escaped = { queryStringParameters: { model: 'col%6Furs', top_k: '1' } };
    expect(read(await handler({ ...balancer(escaped), ...(await blue()) })).predictions).toHaveLength(1);
  });

  it('of a load balancer is answered with lists of headers where it has them', async () => {
    const single = await handler({ ...balancer(), ...(await blue()) });
    expect(single).toMatchObject({
      statusCode: 200,
      statusDescription: '200 OK',
      headers: { 'content-type': 'application/json' },
    });
    const { headers: _, ...event } = balancer({ multiValueHeaders: { 'content-type': ['image/png'] } });
    const lists = await handler({ ...event, ...(await blue()) });
    expect(lists).toMatchObject({ statusCode: 200, multiValueHeaders: { 'content-type': ['application/json'] } });
    expect(lists).not.toHaveProperty('headers');
  });

  it('asks for the same credentials', async () => {
    vi.stubEnv('API_AUTH', 'iam');
    expect(await handler(payload1('/models', { httpMethod: 'GET' }))).toMatchObject({ statusCode: 401 });
    expect(await handler(balancer({ httpMethod: 'GET', path: '/models' }))).toMatchObject({ statusCode: 401 });
    const signed = { stage: 'prod', identity: { userArn: 'arn:aws:iam::1:user/a' } };
    const asked = payload1('/models', { httpMethod: 'GET', requestContext: signed });
    expect(await handler(asked)).toMatchObject({ statusCode: 200 });
    vi.stubEnv('API_AUTH', 'jwt');
    expect(await handler(asked)).toMatchObject({ statusCode: 401 });
    const token = { stage: 'prod', authorizer: { claims: { sub: 'someone' } } };
    expect(await handler(payload1('/models', { httpMethod: 'GET', requestContext: token }))).toMatchObject({
      statusCode: 200,
    });
  });

  it.each([
    [{ Records: [{ eventSource: 'aws:sqs' }] }],
    [{ version: '3.0', path: '/classify' }],
    [{ requestContext: {}, rawPath: '/classify' }],
    ['text'],
    [null],
  ])('that nobody understands (%j) is told to the operator', async (event) => {
    const result = await handler(event);
    expect(result).toMatchObject({ statusCode: 500 });
    expect(read(result)).not.toHaveProperty('detail');
    expectPrinted(/Expected a request of API Gateway \(payload format 2\.0 or 1\.0\)/);
  });
});

describe('a path below a stage or a base path', () => {
  it.each([
    ['/prod/classify', 'prod', ''],
    ['/vision/classify', '$default', 'vision'],
    ['/vision/classify', '$default', '/vision/'],
    ['/a/b/prod/classify', 'prod', 'a/b'],
    ['/v1/classify', 'v1', ''],
    ['/classify', 'prod', 'vision'],
  ])('%s of the stage %s with the base path "%s" is a route', async (path, stage, base) => {
    vi.stubEnv('BASE_PATH', base);
    expect(await handler({ ...payload2(path, stage), ...(await blue()) })).toMatchObject({ statusCode: 200 });
  });

  it('is taken off once, and only whole', async () => {
    for (const path of ['/prod/prod/classify', '/production/classify', '/other/classify', '/classify/prod']) {
      expect(await handler(payload2(path, 'prod')), path).toMatchObject({ statusCode: 404 });
    }
    const named = payload2('/v1/models/prices', 'v1', { requestContext: { stage: 'v1', http: { method: 'GET' } } });
    expect(read(await handler(named))).toHaveProperty('model_version_status');
  });

  it('is before the addresses that are told, and asks for a key as ever', async () => {
    const get = (path: string) => ({
      ...payload2(path, 'prod'),
      requestContext: { stage: 'prod', http: { method: 'GET' } },
    });
    expect(read(await handler(get('/prod/openapi.json'))).servers).toEqual([{ url: '/prod' }]);
    expect(await handler(get('/prod'))).toMatchObject({ statusCode: 200 });
    vi.stubEnv('API_AUTH', 'key');
    vi.stubEnv('API_KEYS_PATH', '/none');
    expect(await handler(get('/prod/models'))).toMatchObject({ statusCode: 401 });
    expect(await handler(get('/prod/health'))).toMatchObject({ statusCode: 200 });
  });
});

describe('a method', () => {
  it.each(['FOO', '__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
    '%s is refused',
    async (method) => {
      const event = { ...payload2('/models'), requestContext: { http: { method } } };
      expect(await handler(event)).toMatchObject({ statusCode: 405, headers: { allow: 'GET, HEAD' } });
      expect(await handler({ ...payload1('/models'), httpMethod: method })).toMatchObject({ statusCode: 405 });
    },
  );
});
