import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../../../functions/http/app.ts';
import { expectPrinted } from '../../../../printed.ts';
import { useModels } from '../../../models.ts';
import { plainPicture } from '../../../pictures.ts';

useModels();
const app = createApp();

interface Answer {
  outputs: { name: string; datatype: string; shape: number[]; data?: unknown[]; parameters?: object }[];
  error: string;
}
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  // As bytes: of a string Request says that it is text.
  app.request(path, {
    method: 'POST',
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    headers,
  });
const json = (value: unknown, path = '/v2/models/prices/infer') =>
  post(path, JSON.stringify(value), { 'content-type': 'application/json' });
const read = async (response: Response) => (await response.json()) as Answer;
const house = { name: 'house', shape: [1, 2], datatype: 'FP32', data: [100, 4] };

/** JSON, and bytes behind it. */
function binary(value: unknown, ...tensors: Uint8Array[]) {
  const text = Buffer.from(JSON.stringify(value));
  const body = new Uint8Array(Buffer.concat([text, ...tensors]));
  return { body, headers: { 'inference-header-content-length': String(text.length) } };
}

describe('Open Inference Protocol v2', () => {
  it('answers JSON, the id echoed', async () => {
    expect(await read(await json({ id: '7', inputs: [house] }))).toEqual({
      id: '7',
      model_name: 'prices',
      model_version: '1',
      outputs: [{ name: 'price', datatype: 'FP32', shape: [1, 1], data: [100_200] }],
    });
  });

  it('refuses shared memory: an answer would never be where its client reads it', async () => {
    const parameters = { shared_memory_region: 'r', shared_memory_byte_size: 4 };
    const requests = [
      { inputs: [{ ...house, data: undefined, parameters }] },
      { inputs: [house], outputs: [{ name: 'price', parameters }] },
    ];
    for (const [index, list] of ['inputs', 'outputs'].entries()) {
      const response = await json(requests[index]);
      expect([response.status, (await read(response)).error]).toEqual([
        400,
        expect.stringContaining(`no shared memory for ${list}[0]`),
      ]);
    }
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'image/png', ''])(
    'answers JSON whatever it is called: %s',
    async (type) => {
      const body = JSON.stringify({ inputs: [house] });
      const response = await post('/v2/models/prices/infer', body, { 'content-type': type });
      expect((await read(response)).outputs[0]).toMatchObject({ data: [100_200] });
    },
  );

  it('takes and gives tensors as bytes, not aligned ones too', async () => {
    const bytes = new Uint8Array(new Float32Array([100, 4]).buffer);
    for (const id of ['', 'a', 'ab', 'abc']) {
      const input = { ...house, data: undefined, parameters: { binary_data_size: 8 } };
      const { body, headers } = binary({ id, inputs: [input], parameters: { binary_data_output: true } }, bytes);
      const response = await post('/v2/models/prices/versions/1/infer', body, headers);
      expect(response.headers.get('content-type')).toBe('application/octet-stream');
      const whole = new Uint8Array(await response.arrayBuffer());
      const length = Number(response.headers.get('inference-header-content-length'));
      const head = JSON.parse(new TextDecoder().decode(whole.subarray(0, length)));
      expect(head.outputs).toEqual([
        { name: 'price', datatype: 'FP32', shape: [1, 1], parameters: { binary_data_size: 4 } },
      ]);
      expect(new Float32Array(whole.slice(length).buffer)).toEqual(new Float32Array([100_200]));
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d as bytes, as in JSON',
    async (value) => {
      const input = { ...house, data: undefined, parameters: { binary_data_size: 8 } };
      const { body, headers } = binary({ inputs: [input] }, new Uint8Array(new Float32Array([1, value]).buffer));
      const response = await post('/v2/models/prices/infer', body, headers);
      expect(response.status).toBe(422);
      expect((await read(response)).error).toContain(`value 1 of inputs[0] but received ${value}`);
    },
  );

  it.each([{}, { classification: 1 }, { binary_data: true }])(
    'answers nothing that is no number (%j)',
    async (parameters) => {
      // 3e38 x 1000 is past what a float holds.
      const input = { ...house, data: [3e38, -3e38] };
      const response = await json({ inputs: [input], outputs: [{ name: 'price', parameters }] });
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ type: '/errors#model-output-invalid' });
      expectPrinted(/"model-output-invalid"/);
    },
  );

  it('takes encoded pictures, and answers classes', async () => {
    const [red, blue] = await Promise.all([plainPicture('red'), plainPicture('blue', 'jpeg')]);
    const input = { name: 'pixels', shape: [2], datatype: 'BYTES' };
    const outputs = [{ name: 'colours', parameters: { classification: 9 } }];
    const data = [red.toString('base64'), blue.toString('base64')];
    const inJson = await read(await json({ inputs: [{ ...input, data }], outputs }, '/v2/models/colours/infer'));
    expect(inJson.outputs[0]).toMatchObject({ datatype: 'BYTES', shape: [2, 3] });
    expect(inJson.outputs[0]?.data?.[0]).toMatch(/^0\.99\d{4}:0:red$/);
    expect(inJson.outputs[0]?.data?.[3]).toMatch(/:2:blue$/);
    const elements = [red, blue].flatMap((picture) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(picture.length);
      return [length, picture];
    });
    const size = elements.reduce((sum, part) => sum + part.length, 0);
    const request = { inputs: [{ ...input, parameters: { binary_data_size: size } }], outputs };
    const { body, headers } = binary(request, ...elements);
    expect(await read(await post('/v2/models/colours/infer', body, headers))).toEqual(inJson);
  });

  it('undoes gzip, and gives up what grows too large', async () => {
    const encoding = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
    const packed = (text: string) => new Uint8Array(gzipSync(text));
    const path = '/v2/models/prices/infer';
    expect((await post(path, packed(JSON.stringify({ inputs: [house] })), encoding)).status).toBe(200);
    expect((await post(path, packed(' '.repeat(60_000_000)), encoding)).status).toBe(413);
    expect((await post(path, 'no gzip', encoding)).status).toBe(400);
    expect((await post(path, 'x', { ...encoding, 'content-encoding': 'br' })).status).toBe(415);
  });

  const bytesInput = { ...house, data: undefined, parameters: { binary_data_size: 8 } };
  it.each([
    ['a length beyond the body', '{}', { 'inference-header-content-length': '99' }, 400],
    ['a length that is none', '{}', { 'inference-header-content-length': '-1' }, 400],
    ['fewer bytes than named', JSON.stringify({ inputs: [bytesInput] }), {}, 422],
    ['data and bytes at once', JSON.stringify({ inputs: [{ ...bytesInput, data: [1, 2] }] }), {}, 400],
    ['no data', JSON.stringify({ inputs: [{ ...house, data: undefined }] }), {}, 400],
    ['an output that is none', JSON.stringify({ inputs: [house], outputs: [{ name: 'x' }] }), {}, 422],
    [
      'an input of a name that objects have',
      JSON.stringify({ inputs: [house, { ...house, name: '__proto__' }] }),
      {},
      422,
    ],
    ['an input twice', JSON.stringify({ inputs: [house, house] }), {}, 400],
    ['too many values', JSON.stringify({ inputs: [{ ...house, shape: [99_999_999, 2] }] }), {}, 413],
    ['a picture for numbers', JSON.stringify({ inputs: [{ ...house, datatype: 'BYTES', data: ['', ''] }] }), {}, 422],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
    ['a picture', '\x89PNG', { 'content-type': 'image/png' }, 415],
    ['no JSON', '{', {}, 400],
  ])('refuses %s', async (_, body, headers, status) => {
    const response = await post('/v2/models/prices/infer', body, headers as Record<string, string>);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, error: expect.any(String), title: expect.any(String) });
  });

  it('refuses bytes that nothing asked for', async () => {
    const { body, headers } = binary({ inputs: [house] }, new Uint8Array(3));
    expect((await post('/v2/models/prices/infer', body, headers)).status).toBe(400);
  });

  it.each([
    '/v2/models/absent',
    '/v2/models/prices/versions/2',
    '/v2/models/..%2f..%2fetc',
    '/v2/models/%2e%2e/ready',
    '/v2/models/constructor/ready',
    '/v2/models/prices/versions/0x1',
  ])('does not know %s', async (path) => {
    const response = await app.request(path);
    expect(response.status).toBe(404);
    expect((await read(response)).error).toEqual(expect.any(String));
  });

  it('answers 4xx to whatever bytes are sent', async () => {
    const length = fc.integer({ min: 0, max: 300 }).map(String);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.option(length), async (bytes, header) => {
        const headers: Record<string, string> = header === null ? {} : { 'inference-header-content-length': header };
        const { status } = await post('/v2/models/colours/infer', new Uint8Array(bytes), headers);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 60 },
    );
  });
});
