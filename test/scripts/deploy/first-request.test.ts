import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askFirst } from '../../../scripts/deploy/first-request.ts';

const HEALTH = { model: { name: 'tiny', version: '2' } };

describe('the first request', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** Answers one after the other; the last one stays. */
  async function api(answers: Record<string, [status: number, body: unknown][]>, seen: (string | undefined)[] = []) {
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      const queue = answers[request.url ?? ''] ?? [[404, {}]];
      const [status, body] = (queue.length > 1 ? queue.shift() : queue[0]) as [number, unknown];
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const asking = { patience: 2_000, retryAfter: 10, picture: true };

  it('waits for an address that is new and a key that is not known yet', async () => {
    const seen: (string | undefined)[] = [];
    const url = await api(
      {
        '/health': [
          [404, {}],
          [503, {}],
          [200, HEALTH],
        ],
        '/classify': [
          [401, {}],
          [200, { predictions: [{ label: 'red' }] }],
        ],
      },
      seen,
    );
    expect(await askFirst({ ...asking, url, key: 'k' })).toMatchObject({
      model: 'tiny@2',
      picture: { predictions: [{ label: 'red' }] },
    });
    expect(seen).toEqual([undefined, undefined, undefined, 'Bearer k', 'Bearer k']);
  });

  it('takes the refusal of a model of numbers for an answer', async () => {
    const url = await api({ '/health': [[200, HEALTH]], '/classify': [[422, { title: 'No pictures' }]] });
    expect(await askFirst({ ...asking, url })).toMatchObject({ picture: { title: 'No pictures' } });
  });

  it('sends no picture where it may not', async () => {
    const url = await api({ '/health': [[200, HEALTH]] });
    expect(await askFirst({ ...asking, url, picture: false })).not.toHaveProperty('picture');
  });

  it.each([
    [[500, { title: 'Internal', detail: 'it broke' }], '500 Internal it broke'],
    [[200, '<html>'], '200'],
    [[302, {}], '302'],
  ] as const)('says what came in place of an answer: %j', async ([status, body], said) => {
    const url = await api({ '/health': [[status, body]] });
    await expect(askFirst({ ...asking, url, patience: 50 })).rejects.toMatchObject({
      code: 'deploy-silent',
      message: expect.stringContaining(`does not answer: ${said}`),
    });
  });

  it('says why nobody is there', async () => {
    const url = await api({});
    server?.close();
    await expect(askFirst({ ...asking, url, patience: 50 })).rejects.toThrow(/ECONNREFUSED/);
  });
});
