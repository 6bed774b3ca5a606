import { describe, expect, it } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';
import { useModels } from '../../models.ts';
import { garbagePictures, plainPicture } from '../../pictures.ts';

useModels();
const app = createApp();

/** What answers should look like; the assertions say whether they do. */
interface Read {
  predictions: { label: string; probability: number }[];
  values: { name: string; value: number; unit: string }[];
  results: [Read, Read, Read];
}
const read = async (response: Response) => (await response.json()) as Read;
const post = (body: Uint8Array<ArrayBuffer> | FormData | string, type?: string, query = '') =>
  app.request(`/classify${query}`, { method: 'POST', body, ...(type ? { headers: { 'content-type': type } } : {}) });
const bytes = async (...of: Parameters<typeof plainPicture>) => new Uint8Array(await plainPicture(...of));
const json = (value: unknown, query = '') => post(JSON.stringify(value), 'application/json', query);
const model = { name: 'colours', version: '1' };

async function expectProblem(response: Response, status: number, code: string) {
  const problem = await read(response);
  expect(problem).toMatchObject({ status, type: `/errors#${code}`, instance: '/classify' });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return problem;
}

describe('POST /classify with a picture as the body', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('answers a %s with labels, most probable first', async (format) => {
    const response = await post(await bytes('green', format), `image/${format}`);
    expect(response.status).toBe(200);
    const result = await read(response);
    expect(result).toEqual({ model, predictions: expect.any(Array) });
    expect(result.predictions[0]).toEqual({ label: 'green', probability: expect.closeTo(0.997, 2) });
    expect(result.predictions).toHaveLength(3);
  });

  it('says where the time went', async () => {
    const response = await post(await bytes('red'), 'image/png');
    expect(response.headers.get('server-timing')).toMatch(/^decode;dur=[\d.]+, run;dur=[\d.]+, total;dur=[\d.]+$/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('finds the format in the bytes, whatever was declared', async () => {
    expect((await post(await bytes('blue', 'webp'), 'image/jpeg; charset=binary')).status).toBe(200);
  });

  it('answers as many as were asked for, above the threshold', async () => {
    const one = await read(await post(await bytes('red'), 'image/png', '?top_k=1'));
    expect(one.predictions.map(({ label }) => label)).toEqual(['red']);
    const sure = await read(await post(await bytes('red'), 'image/png', '?top_k=3&threshold=0.5'));
    expect(sure.predictions).toHaveLength(1);
  });

  it('asks the model that was named', async () => {
    expect((await post(await bytes('red'), 'image/png', '?model=colours&version=1')).status).toBe(200);
    await expectProblem(await post(await bytes('red'), 'image/png', '?model=cats'), 404, 'model-not-found');
    await expectProblem(
      await post(await bytes('red'), 'image/png', '?model=colours&version=9'),
      404,
      'model-not-found',
    );
    await expectProblem(await post(await bytes('red'), 'image/png', '?model=prices'), 422, 'picture-not-taken');
  });

  it.each([
    '?top_k=0',
    '?top_k=x',
    '?top_k=1.5',
    '?top_k=-1',
    '?top_k=1e9',
    '?top_k=1&top_k=2',
    '?threshold=2',
    '?model=../../etc',
    '?model=..%2f..%2fetc',
    '?version=0',
    '?topk=1',
    '?__proto__=1',
  ])('refuses the query %s', async (query) => {
    await expectProblem(await post(await bytes('red'), 'image/png', query), 400, 'request-invalid');
  });
});

describe('POST /classify with a form', () => {
  const form = async (...pictures: Uint8Array<ArrayBuffer>[]) => {
    const data = new FormData();
    for (const picture of pictures) data.append('picture', new File([picture], 'a.png', { type: 'image/png' }));
    return data;
  };

  it('answers one picture with the result', async () => {
    const result = await read(await post(await form(await bytes('red'))));
    expect(result.predictions[0]?.label).toBe('red');
  });

  it('answers several in the order sent, a bad one with its problem', async () => {
    const response = await post(await form(await bytes('red'), new TextEncoder().encode('no'), await bytes('blue')));
    expect(response.status).toBe(200);
    const { results } = await read(response);
    expect(results[0].predictions[0]?.label).toBe('red');
    expect(results[1]).toMatchObject({ status: 415, type: expect.stringMatching(/picture-type-unsupported$/) });
    expect(results[2].predictions[0]?.label).toBe('blue');
  });

  it('refuses a form without a file, too many files, and what is no form', async () => {
    const text = new FormData();
    text.append('picture', 'text');
    await expectProblem(await post(text), 400, 'picture-empty');
    const tiny = await bytes('red', 'png', { width: 1, height: 1 });
    await expectProblem(await post(await form(...Array(65).fill(tiny))), 400, 'request-invalid');
    await expectProblem(await post('--x\r\nrubbish', 'multipart/form-data; boundary=x'), 400, 'request-invalid');
    await expectProblem(await post('--x\r\nrubbish', 'multipart/form-data'), 400, 'request-invalid');
  });
});

describe('POST /classify with JSON', () => {
  const base64 = async (colour: 'red' | 'green' | 'blue') => (await plainPicture(colour)).toString('base64');

  it('answers base64 and data: URLs', async () => {
    for (const prefix of ['', 'data:image/png;base64,']) {
      const result = await read(await json({ picture: prefix + (await base64('blue')) }));
      expect(result.predictions[0]?.label).toBe('blue');
    }
  });

  it('answers several pictures', async () => {
    const { results } = await read(await json({ pictures: [await base64('green')] }));
    expect(results).toHaveLength(1);
    expect(results[0].predictions[0]?.label).toBe('green');
  });

  it('answers tensors in their unit, one row as one result', async () => {
    const tensor = (shape: number[], data: unknown) => ({
      tensors: [{ name: 'house', shape, datatype: 'FP32', data }],
    });
    const one = await read(await json(tensor([1, 2], [100, 4]), '?model=prices'));
    expect(one).toEqual({
      model: { name: 'prices', version: '1' },
      values: [{ name: 'price', value: 100_200, unit: 'dollars' }],
    });
    const two = await read(await json(tensor([2, 2], [[100, 4], [1, 0]]), '?model=prices')); // biome-ignore format: rows
    expect(two.results.map(({ values }) => values[0]?.value)).toEqual([100_200, 1000]);
    await expectProblem(await json(tensor([1, 3], [1, 2, 3]), '?model=prices'), 422, 'tensor-shape');
  });

  it.each([
    ['junk in base64', { picture: 'not base64!' }],
    ['a data: URL that is not base64', { picture: 'data:image/png,abc' }],
    ['nothing', {}],
    ['null', null],
    ['two ways at once', { picture: '', pictures: [''] }],
    ['a number', { picture: 7 }],
    ['no pictures', { pictures: [] }],
    ['too many pictures', { pictures: Array(65).fill('AAAA') }],
    ['something unknown', { url: 'http://169.254.169.254/' }],
  ])('refuses %s', async (_, body) => {
    await expectProblem(await json(body), 400, 'request-invalid');
  });

  it('refuses text that is not JSON, and very deep JSON', async () => {
    await expectProblem(await post('{"picture":', 'application/json'), 400, 'json-invalid');
    await expectProblem(await post('['.repeat(100_000), 'application/json'), 400, 'json-invalid');
    const deep = `{"tensors":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const response = await post(deep, 'application/json', '?model=prices');
    expect(response.status).toBe(400);
  });
});

describe('POST /classify with garbage', async () => {
  const garbage = await garbagePictures();

  it.each(Object.keys(garbage))('answers %s with a 4xx problem', async (name) => {
    const picture = new Uint8Array(garbage[name] as Buffer);
    const inBody = await post(picture, 'image/jpeg');
    expect(inBody.status).toBeGreaterThanOrEqual(400);
    expect(inBody.status).toBeLessThan(500);
    expect(await read(inBody)).toMatchObject({ status: inBody.status, title: expect.any(String) });
    const inJson = await json({ picture: Buffer.from(picture).toString('base64') });
    expect(inJson.status).toBe(inBody.status);
  });

  it('stays where it was in memory, and answers', async () => {
    const all = Object.values(garbage).map((picture) => new Uint8Array(picture));
    const round = async () => {
      for (const picture of all) await (await post(picture, 'image/png')).text();
    };
    for (let i = 0; i < 10; i++) await round();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 30; i++) await round();
    expect(process.memoryUsage().rss - before).toBeLessThan(48 * 1024 * 1024);
    expect((await post(await bytes('red'), 'image/png')).status).toBe(200);
  });

  it.each([
    undefined,
    '',
    'application/octet-stream',
    'binary/octet-stream',
    'application/x-image',
    'Application/X-Image; charset=binary',
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=UTF-8',
  ])('goes by the content where the type (%s) says nothing of it', async (type) => {
    const picture = await post(await bytes('red'), type);
    expect((await read(picture)).predictions[0]).toMatchObject({ label: 'red' });
    const body = JSON.stringify({ picture: Buffer.from(await bytes('blue')).toString('base64') });
    const json = await post(new TextEncoder().encode(` ${body}`), type);
    expect((await read(json)).predictions[0]).toMatchObject({ label: 'blue' });
    await expectProblem(await post(new TextEncoder().encode('a=1&b=2'), type), 415, 'picture-type-unsupported');
    await expectProblem(await post(new Uint8Array(), type), 400, 'picture-empty');
  });

  it('repeats nothing at length', async () => {
    const long = 'k'.repeat(100_000);
    for (const response of [
      await json({ [long]: 1 }),
      await json({ url: long }),
      await json({ pictures: [long.replaceAll('k', '-')] }),
      await post(await bytes('red'), 'image/png', `?${long}=1`),
      await post(await bytes('red'), 'image/png', `?model=${long}`),
      await post(await bytes('red'), `x/${long}`),
      await app.request(`/${long}`),
      await app.request('/classify', { method: long }),
    ]) {
      expect((await response.text()).length).toBeLessThan(2_000);
    }
  });

  it('refuses other content types, and too much', async () => {
    for (const type of ['text/plain', 'text/html', 'application/pdf', 'image/', 'image', 'multipart/mixed']) {
      await expectProblem(await post(await bytes('red'), type), 415, 'media-type-unsupported');
    }
    const large = new Uint8Array(6 * 1024 * 1024 + 1);
    await expectProblem(await post(large, 'image/png'), 413, 'request-too-large');
    const declared = { 'content-type': 'image/png', 'content-length': '7000000' };
    const response = await app.request('/classify', { method: 'POST', body: 'x', headers: declared });
    await expectProblem(response, 413, 'request-too-large');
  });
});
