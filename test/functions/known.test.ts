import { describe, expect, it } from 'vitest';
import { createApp } from '../../functions/http/app.ts';
import { INVOCATIONS } from '../../functions/shared/events/index.ts';
import { tellingModel, useModels } from './models.ts';
import { plainPicture } from './pictures.ts';

// How each protocol says that a picture shows none of the labels. Models that cannot tell are in each protocol's own test.

useModels([tellingModel()]);
const app = createApp();

const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
  const raw = body instanceof Uint8Array;
  const type: Record<string, string> = raw ? {} : { 'content-type': 'application/json' };
  return app.request(path, {
    method: 'POST',
    body: raw ? new Uint8Array(body) : JSON.stringify(body),
    headers: { ...type, ...headers },
  });
};
const json = async (path: string, body: object) => (await post(path, body)).json();
const bytes = async (colour: 'red' | 'grey') => new Uint8Array(await plainPicture(colour));
const base64 = async (colour: 'red' | 'grey') => (await plainPicture(colour)).toString('base64');
const b64 = async (colour: 'red' | 'grey') => ({ b64: await base64(colour) });
const row = [expect.any(Number), expect.any(Number), expect.any(Number)];
const label = [expect.any(String), expect.any(Number)];

interface Metadata {
  metadata: { signature_def: { signature_def: Record<'serving_default' | 'all_outputs', { outputs: object }> } };
}

describe('a model that tells what is none of its labels', () => {
  it.each(['/classify', '/invocations'])('says so at %s', async (path) => {
    expect(await json(path, await bytes('red'))).toMatchObject({
      known: true,
      predictions: [{ label: 'red' }, {}, {}],
    });
    expect(await json(path, await bytes('grey'))).toMatchObject({ known: false, predictions: [{}, {}, {}] });
  });

  it('says so of each of several, and of tensors', async () => {
    const pictures = [await base64('red'), 'no picture', await base64('grey')];
    const { results } = (await json('/classify', { pictures })) as { results: object[] };
    expect(results).toEqual([
      expect.objectContaining({ known: true }),
      expect.objectContaining({ status: 400 }),
      expect.objectContaining({ known: false }),
    ]);
    const tensors = [{ name: 'pixels', shape: [1, 8, 8, 3], datatype: 'UINT8', data: new Array(192).fill(7) }];
    expect(await json('/classify', { tensors })).toMatchObject({ known: false });
  });

  it('keeps the rows of TensorFlow Serving, and says it beside them', async () => {
    const instances = [await b64('red'), await b64('grey')];
    const known = [true, false];
    const path = '/v1/models/telling';
    expect(await json(`${path}:predict`, { instances })).toEqual({ predictions: [row, row], known });
    expect(await json(`${path}:predict`, { inputs: instances })).toEqual({ outputs: [row, row], known });
    const examples = instances.map((image) => ({ image }));
    const labels = [label, label, label];
    expect(await json(`${path}:classify`, { examples })).toEqual({ results: [labels, labels], known });
  });

  it('has a signature of TensorFlow Serving with all outputs', async () => {
    const asked = { signature_name: 'all_outputs', instances: [await b64('grey')] };
    expect(await json('/v1/models/telling:predict', asked)).toEqual({
      predictions: [{ colours: row, distance: 1, map: [[row, row], [row, row]] }], // biome-ignore format: parts
      known: [false],
    });
    const metadata = (await (await app.request('/v1/models/telling/metadata')).json()) as Metadata;
    const { serving_default, all_outputs } = metadata.metadata.signature_def.signature_def;
    expect([serving_default, all_outputs].map(({ outputs }) => Object.keys(outputs))).toEqual([
      ['colours'],
      ['colours', 'distance', 'map'],
    ]);
  });

  it('says so in the parameters of the Open Inference Protocol', async () => {
    const path = '/v2/models/telling/infer';
    const input = { name: 'pixels', datatype: 'BYTES' };
    const ask = async (colours: ('red' | 'grey')[], outputs?: object[]) =>
      json(path, {
        inputs: [{ ...input, shape: [colours.length], data: await Promise.all(colours.map(base64)) }],
        outputs,
      });
    expect(await ask(['red'])).toMatchObject({
      parameters: { known: true },
      outputs: [{ name: 'colours' }, { name: 'distance', shape: [1] }, { name: 'map', shape: [1, 2, 2, 3] }],
    });
    const asked = (await ask(['grey', 'red', 'grey'], [{ name: 'colours' }])) as { outputs: object[] };
    expect(asked).toMatchObject({ parameters: { known: false, unknown_rows: '0,2' } });
    expect(asked.outputs).toHaveLength(1);
    expect(await (await app.request('/v2/models/telling')).json()).toMatchObject({
      outputs: [{ name: 'colours' }, { name: 'distance' }, { name: 'map' }],
    });
  });

  it('says so beside the predictions of /invocations, and last in each line of CSV', async () => {
    const instances = [await b64('red'), await b64('grey')];
    expect(await json('/invocations', { instances })).toEqual({ predictions: [row, row], known: [true, false] });
    const lines = await (await post('/invocations', { instances }, { accept: 'text/csv' })).text();
    expect(lines).toMatch(/^([\d.e-]+,){3}true\n([\d.e-]+,){3}false\n$/);
  });

  it('says so to invocations', async () => {
    const invoke = (event: object) =>
      INVOCATIONS.flatMap((kind) => ('answer' in kind && kind.recognises(event) ? [kind] : []))[0]?.answer(event);
    expect(await invoke({ picture: await base64('grey') })).toMatchObject({ known: false });
    const inputs = [{ name: 'pixels', shape: [1, 8, 8, 3], datatype: 'UINT8', data: new Array(192).fill(7) }];
    expect(await invoke({ inputs })).toMatchObject({ parameters: { known: false, unknown_rows: '0' } });
  });
});
