import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';
import { colourModel, priceModel, tellingModel, useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';

useModels([tellingModel(), colourModel(), priceModel()]);
const app = createApp();
const ask = async (query: string, headers: Record<string, string> = {}, body?: string) =>
  app.request(`/classify?${query}`, {
    method: 'POST',
    body: body ?? new Uint8Array(await plainPicture('red')),
    headers: body ? { 'content-type': 'application/json', ...headers } : headers,
  });

describe('/classify?explain=heatmap', () => {
  it('answers the map within the result', async () => {
    const response = await ask('explain=heatmap&top_k=1');
    expect(response.headers.get('vary')).toBe('accept');
    const red = expect.closeTo(0.878, 2);
    expect(await response.json()).toMatchObject({
      known: true,
      predictions: [{ label: 'red' }],
      heatmap: { label: 'red', values: [[red, red], [red, red]], scale: { low: 0, high: red } }, // biome-ignore format: rows
    });
    expect(await (await ask('explain=heatmap&label=blue')).json()).toMatchObject({ heatmap: { label: 'blue' } });
  });

  it('draws it for whoever accepts a PNG', async () => {
    for (const accept of ['image/png', 'image/png, application/json;q=0.5', 'image/*']) {
      const response = await ask('explain=heatmap', { accept });
      expect(response.headers.get('content-type')).toBe('image/png');
      expect(response.headers.get('x-freezeframe-model')).toBe('telling@1');
      expect(response.headers.get('server-timing')).toMatch(/^decode;dur=[\d.]+, run;dur=[\d.]+/);
      const picture = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
      expect(picture).toMatchObject({ format: 'png', width: 224, height: 224 });
    }
  });

  it.each([
    ['explain=heatmap', { accept: '*/*' }],
    ['explain=heatmap', { accept: 'application/json, image/png;q=0.9' }],
    ['', { accept: 'image/png' }],
  ] as [string, Record<string, string>][])('answers JSON to %s, %j', async (query, headers) => {
    expect((await ask(query, headers)).headers.get('content-type')).toBe('application/json');
  });

  it('explains tensors and several, as JSON only', async () => {
    const tensors = [{ name: 'pixels', shape: [1, 8, 8, 3], datatype: 'UINT8', data: new Array(192).fill(255) }];
    const answered = await ask('explain=heatmap', {}, JSON.stringify({ tensors }));
    expect(await answered.json()).toMatchObject({ heatmap: { values: [[1, 1], [1, 1]] } }); // biome-ignore format: rows
    const pictures = [(await plainPicture('blue')).toString('base64'), '%'];
    const several = await ask('explain=heatmap', {}, JSON.stringify({ pictures }));
    expect(await several.json()).toMatchObject({ results: [{ heatmap: { label: 'blue' } }, { status: 400 }] });
    for (const body of [{ tensors }, { pictures }]) {
      const refused = await ask('explain=heatmap', { accept: 'image/png' }, JSON.stringify(body));
      expect([refused.status, await refused.json()]).toEqual([
        400,
        expect.objectContaining({ remedy: expect.any(String) }),
      ]);
    }
  });

  it('says which models have one', async () => {
    for (const headers of [{}, { accept: 'image/png' }] as Record<string, string>[]) {
      const response = await ask('explain=heatmap&model=colours', headers);
      expect([response.status, await response.json()]).toEqual([
        404,
        expect.objectContaining({
          type: '/errors#heatmap-absent',
          detail: 'The model colours@1 has no heat map',
          remedy: 'These have one: telling@1.',
        }),
      ]);
    }
  });

  it.each([
    ['explain=map', 400, 'request-invalid'],
    ['explain=heatmap&label=red&label=blue', 400, 'request-invalid'],
    ['explain=heatmap&label=cat', 404, 'label-absent'],
    ['explain=heatmap&model=prices', 404, 'heatmap-absent'],
  ])('refuses %s', async (query, status, code) => {
    const response = await ask(query);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ type: `/errors#${code}` }),
    ]);
  });
});
