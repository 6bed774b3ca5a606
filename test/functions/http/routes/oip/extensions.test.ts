import { describe, expect, it } from 'vitest';
import { createApp } from '../../../../../functions/http/app.ts';
import { useModels } from '../../../models.ts';
import { plainPicture } from '../../../pictures.ts';

useModels();
const app = createApp();
const get = async (path: string) => (await app.request(path)).json();

describe("Triton's extensions", () => {
  it('tell the configuration of a model, the batch left out of its dims', async () => {
    for (const path of ['/v2/models/colours/config', '/v2/models/colours/versions/1/config']) {
      expect(await get(path)).toMatchObject({
        name: 'colours',
        platform: 'onnxruntime_onnx',
        backend: 'onnxruntime',
        max_batch_size: 64,
        input: [{ name: 'pixels', data_type: 'TYPE_UINT8', format: 'FORMAT_NHWC', dims: [8, 8, 3] }],
        output: [{ name: 'colours', data_type: 'TYPE_FP32', dims: [3] }],
      });
    }
    expect(await get('/v2/models/none/config')).toMatchObject({ status: 404, error: expect.any(String) });
  });

  it('count what was asked', async () => {
    const none = { count: 0, ns: 0 };
    expect(await get('/v2/models/prices/stats')).toMatchObject({
      model_stats: [{ name: 'prices', version: '1', last_inference: 0, inference_count: 0, batch_stats: [] }],
    });
    const body = JSON.stringify({ instances: [[1, 2], [3, 4]] }); // biome-ignore format: rows
    await app.request('/v1/models/prices:predict', { method: 'POST', body });
    await app.request('/classify', { method: 'POST', body: new Uint8Array(await plainPicture('red')) });
    const { model_stats: all } = (await get('/v2/models/stats')) as { model_stats: Record<string, unknown>[] };
    expect(all.map(({ name, inference_count, execution_count }) => [name, inference_count, execution_count])).toEqual([
      ['colours', 1, 1],
      ['prices', 2, 1],
    ]);
    expect(all[1]).toMatchObject({
      last_inference: expect.any(Number),
      inference_stats: { success: { count: 1, ns: expect.any(Number) }, fail: none, cache_hit: none },
      batch_stats: [{ batch_size: 2, compute_infer: { count: 1 } }],
    });
  });

  it('list what is in the repository', async () => {
    const ready = { version: '1', state: 'READY', reason: '' };
    for (const body of [undefined, '', '{}', '{"ready":true}']) {
      const response = await app.request('/v2/repository/index', {
        method: 'POST',
        ...(body === undefined ? {} : { body }),
      });
      expect(await response.json()).toEqual([
        { name: 'colours', ...ready },
        { name: 'prices', ...ready },
      ]);
    }
    const wrong = await app.request('/v2/repository/index', { method: 'POST', body: '{"ready":1}' });
    expect(wrong.status).toBe(400);
  });
});
