import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { huggingFace } from '../../../../../scripts/read/formats/onnx/hugging-face.ts';
import { readModel } from '../../../../../scripts/read/read-model.ts';
import { pictureModel } from '../../../onnx/models.ts';
import { memorySource } from '../../memory-source.ts';
import { VIT } from './vit-processor.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const CONFIG = {
  architectures: ['ViTForImageClassification'],
  id2label: { 1: 'bee', 0: 'ant', 2: 'cat', 3: 'dog' },
  label2id: { ant: 0 },
};
const files = (folder = '') => ({
  [`${folder}config.json`]: bytes(CONFIG),
  [`${folder}preprocessor_config.json`]: bytes(VIT),
});

describe('huggingFace', () => {
  it.each([
    ['beside a model', 'model.onnx', ''],
    ['above onnx/', 'onnx/model.onnx', ''],
    ['in the folder of a zip', 'beans/onnx/model_quantized.onnx', 'beans/'],
  ])('reads labels and preparation %s', async (_, entry, folder) => {
    const found = await huggingFace(memorySource({ [entry]: new Uint8Array(8), ...files(folder) }, 'folder'), entry);
    expect(found?.labels).toEqual(['ant', 'bee', 'cat', 'dog']);
    expect(found?.hints).toMatchObject({ resize: 'stretch', kernel: 'linear', size: { height: 224, width: 224 } });
    expect(found?.notes).toEqual(['Class names from config.json.']);
  });

  it.each(['DeiTForImageClassificationWithTeacher', 'PerceiverForImageClassificationFourier'])(
    'knows %s for a classifier',
    async (name) => {
      const config = bytes({ ...CONFIG, architectures: [name] });
      const source = memorySource({ 'model.onnx': new Uint8Array(8), ...files(), 'config.json': config }, 'folder');
      expect(await huggingFace(source, 'model.onnx')).toMatchObject({ hints: { resize: 'stretch' } });
    },
  );

  it('passes over files of other models and tasks, and what is damaged', async () => {
    const read = (name: string, config: Uint8Array) =>
      huggingFace(memorySource({ [name]: new Uint8Array(8), 'config.json': config }, 'folder'), name);
    expect(await read('onnx-models/model.onnx', bytes(CONFIG))).toBeUndefined();
    expect(await read('model.onnx', bytes({ ...CONFIG, architectures: ['ViTForObjectDetection'] }))).toBeUndefined();
    expect(await read('model.onnx', bytes({ port: 80 }))).toBeUndefined();
    expect(await read('model.onnx', new TextEncoder().encode('{"architectures": ['))).toBeUndefined();
  });

  it('says why it has no names', async () => {
    const config = bytes({ ...CONFIG, id2label: { 0: 'ant', 7: 'bee' } });
    const source = memorySource({ 'model.onnx': new Uint8Array(8), 'config.json': config }, 'folder');
    const found = await huggingFace(source, 'model.onnx');
    expect(found?.labels).toBeUndefined();
    expect(found?.notes.join(' ')).toContain('No class names were read');
  });

  it('says that several labels may be true at once', async () => {
    const config = bytes({ ...CONFIG, problem_type: 'multi_label_classification' });
    const source = memorySource({ 'model.onnx': new Uint8Array(8), 'config.json': config }, 'folder');
    expect(await huggingFace(source, 'model.onnx')).toMatchObject({ independent: true });
  });
});

describe('a file of its own', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'freezeframe-hub-'));
    for (const [name, content] of Object.entries(files())) writeFileSync(join(folder, name), content);
    for (const inside of ['onnx', 'other']) {
      await mkdir(join(folder, inside));
      writeFileSync(join(folder, inside, 'model.onnx'), pictureModel());
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the files above a folder that is called onnx', async () => {
    const { imported } = await readModel(join(folder, 'onnx', 'model.onnx'));
    expect(imported.labels).toEqual(['ant', 'bee', 'cat', 'dog']);
    expect((await readModel(join(folder, 'other', 'model.onnx'))).imported.labels).toBeUndefined();
  });
});
