import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ImportedKerasModel } from '../../../../../scripts/read/format-reader.ts';
import { configAndWeightsReader } from '../../../../../scripts/read/formats/config-and-weights/reader.ts';
import { keras3Reader } from '../../../../../scripts/read/formats/keras-3/reader.ts';
import { openBytes, openSource } from '../../../../../scripts/read/source.ts';
import { rawZip } from '../../containers/zip/zips.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/keras');
const root = mkdtempSync(join(tmpdir(), 'config-and-weights-'));
afterAll(() => rmSync(root, { recursive: true }));

async function read(path: string, reader = configAndWeightsReader): Promise<ImportedKerasModel> {
  const source = await openSource(path);
  try {
    expect(await reader.recognises(source)).toBe(true);
    return (await reader.read(source)) as ImportedKerasModel;
  } finally {
    await source.close();
  }
}

function folder(name: string, files: Record<string, string>): string {
  const path = join(root, name);
  mkdirSync(path);
  for (const [file, from] of Object.entries(files)) copyFileSync(join(FIXTURES, from), join(path, file));
  return path;
}

const SHARDS = ['model_00000.weights.h5', 'model_00001.weights.h5', 'model_00002.weights.h5'];
const whole = await read(join(FIXTURES, 'nested-part-frozen.k3.keras'), keras3Reader);

describe('a config beside weights', () => {
  it('in shards is the model that Keras saved', async () => {
    for (const path of ['sharded', 'sharded/model.json', 'sharded/model.weights.json']) {
      const { model, notes, format } = await read(join(FIXTURES, path));
      expect(format).toBe('keras-config-and-weights');
      expect(model.weights).toEqual(whole.model.weights);
      expect(notes).toEqual(['The config is model.json, the weights are model.weights.json.']);
    }
  });

  it('in one file of either layout is the model that Keras saved, from a folder or a zip', async () => {
    const source = await openSource(join(FIXTURES, 'nested-part-frozen.k3.keras'));
    const weights = await source.read('model.weights.h5');
    await source.close();
    const config = readFileSync(join(FIXTURES, 'sharded/model.json'));
    const path = folder('one', { 'architecture.json': 'sharded/model.json' });
    writeFileSync(join(path, 'checkpoint.h5'), weights);
    expect((await read(path)).model.weights).toEqual(whole.model.weights);
    const entries = [
      { name: 'x/model.json', content: config },
      { name: 'x/model.weights.h5', content: weights, deflate: true },
    ];
    const zip = await openBytes('model.zip', rawZip(entries));
    const { model } = (await configAndWeightsReader.read(zip)) as ImportedKerasModel;
    expect(model.weights).toEqual(whole.model.weights);
  });

  it('may be JSON within JSON', async () => {
    const path = folder('twice', Object.fromEntries(SHARDS.map((name) => [name, `sharded/${name}`])));
    copyFileSync(join(FIXTURES, 'sharded/model.weights.json'), join(path, 'model.weights.json'));
    const config = readFileSync(join(FIXTURES, 'sharded/model.json'), 'utf8');
    writeFileSync(join(path, 'model.json'), JSON.stringify(config));
    expect((await read(path)).model.weights).toEqual(whole.model.weights);
  });
});

describe('what is not whole', () => {
  it('says what to add to weights alone', async () => {
    const path = folder('alone', { 'model.weights.h5': 'refuse-weights-only.weights.h5' });
    for (const at of [path, join(path, 'model.weights.h5')]) {
      await expect(read(at)).rejects.toMatchObject({
        code: 'weights-only',
        remedy: expect.stringContaining('to_json()'),
      });
    }
  });

  it('says what to add to a config alone', async () => {
    const path = folder('config', { 'model.json': 'sharded/model.json' });
    await expect(read(path)).rejects.toMatchObject({
      code: 'bad-weights',
      remedy: expect.stringContaining('save_weights'),
    });
  });

  it('names what is of another model', async () => {
    const files = { 'model.json': 'sharded/model.json', 'model.weights.h5': 'refuse-weights-only.weights.h5' };
    await expect(read(folder('other', files))).rejects.toMatchObject({
      code: 'bad-weights',
      message: expect.stringContaining('[3, 3, 2, 2] for weight inner/c1/kernel'),
    });
  });

  it('asks which of several is meant', async () => {
    const weights = 'refuse-weights-only.weights.h5';
    const files = { 'model.json': 'sharded/model.json', 'a.weights.h5': weights, 'b.weights.h5': weights };
    await expect(read(folder('several', files))).rejects.toMatchObject({ code: 'format-unknown' });
  });

  it('is not confused with anything else', async () => {
    const others = ['nested-part-frozen.k3.keras', 'nested-part-frozen.k3.h5'].map((name) => join(FIXTURES, name));
    writeFileSync(join(root, 'package.json'), '{"name": "x"}');
    for (const path of [...others, join(root, 'package.json')]) {
      const source = await openSource(path);
      expect(await configAndWeightsReader.recognises(source), path).toBe(false);
      await source.close();
    }
  });

  it('is refused where an index names a file elsewhere', async () => {
    const path = folder('elsewhere', { 'model.json': 'sharded/model.json' });
    writeFileSync(join(path, 'model.weights.json'), '{"weight_map": {"/layers/dense/vars": ["../../secret.h5"]}}');
    await expect(read(path)).rejects.toMatchObject({ code: 'file-hostile' });
  });
});
