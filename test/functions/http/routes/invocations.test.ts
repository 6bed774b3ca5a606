import { describe, expect, it } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';
import { colourModel, priceModel, useModels } from '../../models.ts';
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

  it('refuses a picture, and other types', async () => {
    expect((await post(new Uint8Array(await plainPicture('red')), 'image/png')).status).toBe(422);
    expect((await post('1,2', 'text/csv')).status).toBe(415);
    expect((await post(new Uint8Array(), 'image/png')).status).toBe(400);
  });
});

describe('a model of pictures behind /invocations', () => {
  useModels([colourModel()]);

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
