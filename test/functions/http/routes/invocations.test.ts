import { describe, expect, it } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';
import { priceModel, useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';

const app = createApp();
const post = (body: string | Uint8Array<ArrayBuffer>, type?: string) =>
  app.request('/invocations', { method: 'POST', body, ...(type ? { headers: { 'content-type': type } } : {}) });
const json = async (value: unknown) => (await post(JSON.stringify(value), 'application/json')).json();

describe('a model of numbers behind /invocations', () => {
  useModels([priceModel()]);

  it('is ready', async () => {
    expect((await app.request('/ping')).status).toBe(200);
  });

  it.each([
    ['dataframe_split', { columns: ['rooms', 'area'], data: [[4, 100], [0, 1]] }], // biome-ignore format: rows
    ['dataframe_records', [{ area: 100, rooms: 4 }, { area: 1, rooms: 0 }]], // biome-ignore format: rows
    ['instances', [[100, 4], [1, 0]]], // biome-ignore format: rows
    ['inputs', { house: [[100, 4], [1, 0]] }], // biome-ignore format: rows
  ])('answers %s', async (way, value) => {
    expect(await json({ [way]: value })).toEqual({ predictions: [[100_200], [1000]] });
  });

  it.each([
    [{}, 400],
    [{ instances: [[1, 2]], inputs: [[1, 2]] }, 400],
    [{ dataframe_split: { columns: ['area', 'rooms'], data: [[1]] } }, 400],
    [{ dataframe_split: { columns: ['area', 'cellar'], data: [[1, 2]] } }, 422],
  ])('refuses %j', async (body, status) => {
    expect(await json(body)).toMatchObject({ status, error: expect.any(String) });
  });

  // Each was noted for what it is not, and noting so many failed in itself: a 500, after seconds.
  it.each([
    ['dataframe_records', (list: number[]) => ({ dataframe_records: list })],
    ['rows of dataframe_split', (data: number[]) => ({ dataframe_split: { columns: ['area'], data } })],
  ])('refuses a million numbers as %s', async (_, bodyOf) => {
    const body = bodyOf(new Array<number>(1_000_000).fill(1));
    expect(await json(body)).toMatchObject({ status: 400, detail: expect.stringContaining('expected a list of') });
  });

  it.each([
    ['rows of features', '100,4\n1,0\n'],
    ['a line of names in another order', '\ufeffrooms,area\r\n4,100\r\n0,1\r\n'],
    ['quotes, spaces and exponents', '"1e2", 4\n\n1.0,.0'],
  ])('answers CSV: %s', async (_, body) => {
    const predictions = [[100_200], [1000]];
    expect(await (await post(body, 'text/csv; charset=UTF-8')).json()).toEqual({ predictions });
    const headers = { 'content-type': 'text/csv', accept: 'text/csv' };
    const lines = await app.request('/invocations', { method: 'POST', body, headers });
    expect(lines.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(lines.headers.get('x-freezeframe-model')).toBe('prices@1');
    expect(await lines.text()).toBe('100200\n1000\n');
  });

  it.each([
    ['', 400],
    ['area,rooms\n', 400],
    ['100,4\n1\n', 400],
    ['100,4\n1,\n', 400],
    ['100,4\n1,x\n', 400],
    ['area,area\n1,2\n', 400],
    ['area,cellar\n1,2\n', 422],
    ['100,4,1\n', 422],
    ['"1,2', 400],
    // Rows, not lines of names: they would be left out of the answer.
    ['nan,4\n1,0\n', 400],
    ['100,n/a\n1,0\n', 400],
    ['NaN,NaN\n1,0\n', 400],
  ])('refuses the CSV %j', async (body, status) => {
    expect((await post(body, 'text/csv')).status).toBe(status);
  });

  it('answers JSON whatever it is called', async () => {
    const body = new TextEncoder().encode(JSON.stringify({ instances: [[100, 4]] }));
    for (const type of [undefined, 'application/x-www-form-urlencoded', 'application/octet-stream', 'text/plain']) {
      expect(await (await post(body, type)).json()).toEqual({ predictions: [[100_200]] });
    }
  });

  it('refuses a picture, and other types', async () => {
    expect((await post(new Uint8Array(await plainPicture('red')), 'image/png')).status).toBe(422);
    expect((await post('1,2', 'text/html')).status).toBe(415);
    expect((await post(new Uint8Array(), 'image/png')).status).toBe(400);
  });
});

describe('a model of pictures behind /invocations', () => {
  useModels();

  it.each(['application/x-image', 'application/octet-stream', 'application/x-www-form-urlencoded', undefined])(
    'answers a picture called %s',
    async (type) => {
      const response = await post(new Uint8Array(await plainPicture('blue')), type);
      expect(await response.json()).toMatchObject({ predictions: [{ label: 'blue' }, {}, {}] });
    },
  );

  it('asks the model that is named', async () => {
    const body = JSON.stringify({ instances: [[100, 4]] });
    const ask = async (query: string, headers: Record<string, string> = {}) => {
      const asked = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
      return (await app.request(`/invocations${query}`, asked)).json();
    };
    const answered = { predictions: [[100_200]] };
    expect(await ask('?model=prices')).toEqual(answered);
    expect(await ask('?model=prices&version=1')).toEqual(answered);
    expect(await ask('', { 'x-amzn-sagemaker-target-model': '/prices.tar.gz' })).toEqual(answered);
    expect(await ask('', { 'x-amzn-sagemaker-custom-attributes': 'tfs-model-name=prices' })).toEqual(answered);
    expect(await ask('?model=none')).toMatchObject({ status: 404 });
    expect(await ask('?modle=prices')).toMatchObject({ status: 400 });
    expect(await ask('', { 'x-amzn-sagemaker-target-model': ' ' })).toMatchObject({ status: 400 });
    expect(await ask('?model=prices&top_k=1')).toMatchObject({ status: 400 });
    const picture = new Uint8Array(await plainPicture('red'));
    const one = await app.request('/invocations?top_k=1', { method: 'POST', body: picture });
    expect(await one.json()).toMatchObject({ predictions: [{ label: 'red' }] });
  });

  it('answers a picture as /classify does', async () => {
    const response = await post(new Uint8Array(await plainPicture('blue')), 'image/png');
    expect(response.headers.get('server-timing')).toMatch(/^decode;dur=[\d.]+, run;dur=[\d.]+$/);
    expect(await response.json()).toMatchObject({
      model: { name: 'colours' },
      predictions: [{ label: 'blue' }, {}, {}],
    });
  });

  it('answers pictures in a table', async () => {
    const picture = (await plainPicture('red')).toString('base64');
    for (const body of [
      { dataframe_split: { columns: ['image'], data: [[picture]] } },
      { dataframe_records: [{ image: picture }] },
      { instances: [{ b64: picture }] },
    ]) {
      expect(await json(body)).toEqual({
        predictions: [[expect.closeTo(0.997, 2), expect.any(Number), expect.any(Number)]],
      });
    }
  });
});
