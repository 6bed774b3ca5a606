import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';
import { earlierResultId } from '../../../../functions/shared/jobs/result-id.ts';
import { expectPrinted } from '../../../printed.ts';
import { useDynamoDb } from '../../dynamodb-stub.ts';
import { useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';
import { useS3 } from '../../s3-stub.ts';

useModels();
const { objects } = useS3();
const { items, state } = useDynamoDb();
const app = createApp();

interface Form {
  id: string;
  url: string;
  fields: Record<string, string>;
  result: string;
  max_bytes: number;
  expires_at: string;
}
const post = (path: string, value: unknown) =>
  app.request(path, { method: 'POST', body: JSON.stringify(value), headers: { 'content-type': 'application/json' } });

beforeEach(() => {
  vi.stubEnv('UPLOADS_BUCKET', 'uploads-bucket');
  vi.stubEnv('RESULTS_TABLE', 'results');
  vi.stubEnv('ALLOWED_BUCKETS', 'pictures');
});
afterEach(() => vi.unstubAllEnvs());

describe('POST /uploads', () => {
  it('answers a form that S3 takes for this type and size only', async () => {
    const response = await post('/uploads', { content_type: 'image/png', bytes: 20_000_000 });
    expect(response.status).toBe(201);
    const form = (await response.json()) as Form;
    expect(response.headers.get('location')).toBe(`/results/${form.id}`);
    const policy = JSON.parse(Buffer.from(form.fields.Policy as string, 'base64').toString());
    const key = form.fields.key as string;
    expect(key).toMatch(/^api\/[0-9a-f-]{36}\.png$/);
    expect(policy.conditions).toEqual(
      expect.arrayContaining([
        { bucket: 'uploads-bucket' },
        { key },
        ['eq', '$Content-Type', 'image/png'],
        ['content-length-range', 20_000_000, 20_000_000],
      ]),
    );
    const seconds = (Date.parse(policy.expiration) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(800);
    expect(seconds).toBeLessThanOrEqual(900);
    // The function that answers the upload finds the same id.
    expect(form.id).toBe(earlierResultId('uploads-bucket', key));
    expect(form.id).toMatch(/^[\w-]{22}$/);
  });

  it.each([
    [{ content_type: 'text/html' }, 400],
    [{ content_type: 'image/png', bytes: 33_554_433 }, 400],
    [{ content_type: 'image/png', key: '../../x' }, 400],
    [{}, 400],
  ])('refuses %j', async (body, status) => {
    expect((await post('/uploads', body)).status).toBe(status);
  });

  it('says so where there is no bucket', async () => {
    vi.stubEnv('UPLOADS_BUCKET', '');
    const response = await post('/uploads', { content_type: 'image/png' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: expect.stringMatching(/feature-off$/) });
  });
});

describe('GET /results/{id}', () => {
  const ask = async (id: string) => {
    const response = await app.request(`/results/${id}`);
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const later = { N: String(Math.floor(Date.now() / 1000) + 100) };
  const id = 'abcdefghijklmnopqrstuv';

  it('is pending from the form on', async () => {
    const form = (await (await post('/uploads', { content_type: 'image/jpeg' })).json()) as Form;
    const { status, headers, body } = await ask(form.id);
    expect([status, body]).toEqual([202, { id: form.id, status: 'pending' }]);
    expect(headers.get('retry-after')).toBe('2');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers the result, or why there is none', async () => {
    const model = { M: { name: { S: 'colours' }, version: { S: '1' } } };
    const prediction = { M: { label: { S: 'red' }, probability: { N: '0.5' } } };
    items.set(id, {
      id: { S: id },
      status: { S: 'done' },
      result: { M: { model, predictions: { L: [prediction] } } },
      expiresAt: later,
    });
    const result = { model: { name: 'colours', version: '1' }, predictions: [{ label: 'red', probability: 0.5 }] };
    expect(await ask(id)).toMatchObject({ status: 200, body: { id, status: 'done', result } });
    items.set(id, {
      id: { S: id },
      status: { S: 'failed' },
      problem: { M: { status: { N: '422' } } },
      expiresAt: later,
    });
    expect(await ask(id)).toMatchObject({ status: 200, body: { id, status: 'failed', problem: { status: 422 } } });
  });

  it('is gone when it has expired, whether DynamoDB has removed it or not', async () => {
    items.set(id, { id: { S: id }, status: { S: 'done' }, result: { M: {} }, expiresAt: { N: '1' } });
    expect(await ask(id)).toMatchObject({ status: 410, body: { status: 410 } });
  });

  it('is 404 for what never was, what no id is, and where none are kept', async () => {
    expect(await ask(id)).toMatchObject({ status: 404, body: { type: expect.stringMatching(/result-absent$/) } });
    expect(await ask('short')).toMatchObject({ status: 404, body: { type: expect.stringMatching(/not-found$/) } });
    vi.stubEnv('RESULTS_TABLE', '');
    expect(await ask(id)).toMatchObject({ status: 404, body: { type: expect.stringMatching(/feature-off$/) } });
  });

  it('is 503 while DynamoDB is busy', async () => {
    state.failing = 'ProvisionedThroughputExceededException';
    const { status, headers } = await ask(id);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expectPrinted(/request failed/);
  });
});

describe('POST /classify with a url', () => {
  it('reads an S3 object of an allowed bucket', async () => {
    objects.set('pictures/a b.png', await plainPicture('green'));
    for (const url of ['s3://pictures/a b.png', 'https://pictures.s3.eu-central-1.amazonaws.com/a%20b.png']) {
      const response = await post('/classify', { url });
      expect(await response.json()).toMatchObject({ predictions: [{ label: 'green' }, {}, {}] });
    }
    expect((await post('/classify', { url: 's3://pictures/absent.png' })).status).toBe(404);
    expect((await post('/classify', { url: 's3://others/a.png' })).status).toBe(403);
    expect((await post('/classify', { url: 'https://example.com/a.png' })).status).toBe(400);
  });

  it('is 503 while S3 is busy, or breaks off', async () => {
    objects.set('pictures/a.png', { status: 503, code: 'SlowDown' });
    const ask = () => post('/classify', { url: 's3://pictures/a.png' });
    expect(await (await ask()).json()).toMatchObject({ status: 503, type: '/errors#service-busy' });
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:1');
    vi.resetModules();
    const { createApp: again } = await import('../../../../functions/http/app.ts');
    const body = JSON.stringify({ url: 's3://pictures/a.png' });
    const refused = await again().request('/classify', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(await refused.json()).toMatchObject({ status: 503, type: '/errors#service-busy' });
    expectPrinted(/"service-busy"/);
  });

  it('lets one bad picture of several in JSON fail alone', async () => {
    const picture = (await plainPicture('red')).toString('base64');
    const response = await post('/classify', { pictures: ['%%%', picture, 'AAAA'] });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      results: [{ status: 400 }, { predictions: [{ label: 'red' }, {}, {}] }, { status: 415 }],
    });
  });
});
