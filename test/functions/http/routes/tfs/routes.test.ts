import { describe, expect, it } from 'vitest';
import { createApp } from '../../../../../functions/http/app.ts';
import { useModels } from '../../../models.ts';
import { plainPicture } from '../../../pictures.ts';

useModels();
const app = createApp();
const get = async (path: string) => (await app.request(path)).json();
const post = (path: string, value: unknown) =>
  app.request(path, {
    method: 'POST',
    body: typeof value === 'string' ? value : JSON.stringify(value),
    headers: { 'content-type': 'application/json' },
  });
const answer = async (path: string, value: unknown) => (await post(path, value)).json();
const b64 = async (colour: 'red' | 'green' | 'blue') => ({ b64: (await plainPicture(colour)).toString('base64') });

describe('TensorFlow Serving', () => {
  it('says which versions there are, and what they take', async () => {
    const available = { state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } };
    for (const path of ['/v1/models/prices', '/v1/models/prices/versions/1']) {
      expect(await get(path)).toEqual({ model_version_status: [{ version: '1', ...available }] });
    }
    expect(await get('/v1/models/colours/metadata')).toMatchObject({
      model_spec: { name: 'colours', version: '1' },
      metadata: {
        signature_def: {
          signature_def: {
            serving_default: {
              inputs: { pixels: { dtype: 'DT_UINT8', tensor_shape: { dim: [{ size: '-1' }, { size: '8' }, {}, {}] } } },
              outputs: { colours: { dtype: 'DT_FLOAT' } },
            },
          },
        },
      },
    });
  });

  it('answers rows with rows and columns with columns', async () => {
    const path = '/v1/models/prices:predict';
    for (const instances of [
      [[100, 4], [1, 0]], // biome-ignore format: rows
      [{ house: [100, 4] }, { house: [1, 0] }],
      [
        { area: 100, rooms: 4 },
        { rooms: 0, area: 1 },
      ],
    ]) {
      expect(await answer(path, { instances })).toEqual({ predictions: [[100_200], [1000]] });
    }
    for (const inputs of [[[100, 4]], { house: [[100, 4]] }]) {
      expect(await answer('/v1/models/prices/versions/1:predict', { inputs })).toEqual({ outputs: [[100_200]] });
    }
  });

  it('says which version has answered', async () => {
    for (const [path, body] of [
      ['/v1/models/prices:predict', { instances: [[100, 4]] }],
      ['/v1/models/prices:classify', { examples: [{ area: 100, rooms: 4 }] }],
    ] as const) {
      expect((await post(path, body)).headers.get('x-freezeframe-model')).toBe('prices@1');
    }
  });

  it('takes pictures as b64, under any name or none, and pixels', async () => {
    const [red, blue] = await Promise.all([b64('red'), b64('blue')]);
    for (const instances of [
      [red, blue],
      [{ pixels: red }, { image_bytes: blue }],
    ]) {
      const { predictions } = (await answer('/v1/models/colours:predict', { instances })) as {
        predictions: number[][];
      };
      expect(predictions).toHaveLength(2);
      expect(predictions[0]?.[0]).toBeCloseTo(0.997, 2);
      expect(predictions[1]?.[2]).toBeCloseTo(0.997, 2);
    }
    const pixels = Array.from({ length: 8 }, () => Array.from({ length: 8 }, () => [0, 255, 0]));
    const { outputs } = (await answer('/v1/models/colours:predict', { inputs: [pixels] })) as { outputs: number[][] };
    expect(outputs[0]?.[1]).toBeCloseTo(1, 2);
  });

  it('answers examples with labels and scores', async () => {
    const examples = [{ image: await b64('green') }];
    const { results } = (await answer('/v1/models/colours:classify', { examples })) as { results: unknown[][] };
    expect(results[0]).toHaveLength(3);
    expect(results[0]?.[0]).toEqual(['green', expect.closeTo(0.997, 2)]);
    const shared = { context: { rooms: 4 }, examples: [{ area: 100 }] };
    expect(await answer('/v1/models/prices:classify', shared)).toEqual({ results: [[['price', 100_200]]] });
  });

  it.each([
    ['rows and columns at once', { instances: [[1, 2]], inputs: [[1, 2]] }, 400],
    ['neither', {}, 400],
    ['no rows', { instances: [] }, 400],
    ['rows of other lengths', { instances: [[1, 2], [1]] }, 422],
    ['a name that is none', { instances: [{ cellar: 1 }] }, 422],
    ['a feature that is missing', { instances: [{ area: 1 }] }, 422],
    ['text for a number', { instances: [['a', 2]] }, 422],
    ['a picture for numbers', { instances: [{ b64: 'AAAA' }] }, 422],
    ['depth', `{"instances":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422],
    ['no JSON', '{', 400],
  ])('refuses %s', async (_, body, status) => {
    const response = await post('/v1/models/prices:predict', body);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ status, error: expect.any(String) }),
    ]);
  });

  it.each([
    ['base64 junk', { b64: '%%%' }, 400],
    ['an empty picture', { b64: '' }, 400],
    ['what is no picture', { b64: 'AAAA' }, 415],
  ])('refuses %s', async (_, instance, status) => {
    expect((await post('/v1/models/colours:predict', { instances: [instance] })).status).toBe(status);
  });

  it('does not know what is not there', async () => {
    for (const path of ['/v1/models/absent', '/v1/models/prices/versions/9', '/v1/models/prices/labels/stable']) {
      expect((await app.request(path)).status).toBe(404);
      expect((await post(`${path}:predict`, { instances: [[1, 2]] })).status).toBe(404);
    }
  });
});
