import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hintsOf, huggingFace } from '../../../../../scripts/read/formats/onnx/hugging-face.ts';
import { readModel } from '../../../../../scripts/read/read-model.ts';
import { pictureModel } from '../../../onnx/models.ts';
import { memorySource } from '../../memory-source.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const CONFIG = {
  architectures: ['ViTForImageClassification'],
  id2label: { 1: 'bee', 0: 'ant', 2: 'cat', 3: 'dog' },
  label2id: { ant: 0 },
};
const VIT = {
  image_processor_type: 'ViTImageProcessor',
  do_resize: true,
  size: { height: 224, width: 224 },
  resample: 2,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
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

describe('hintsOf', () => {
  const cubic = { ...VIT, resample: 3 };
  it.each([
    [
      'an older file with a number for both sides',
      { ...VIT, image_processor_type: undefined, feature_extractor_type: 'ViTFeatureExtractor', size: 384 },
      { size: { height: 384, width: 384 }, resize: 'stretch', crop: 1 },
    ],
    [
      'the middle of a shorter side (CLIP)',
      { ...cubic, image_processor_type: 'CLIPImageProcessor', size: { shortest_edge: 256 }, crop_size: 224 },
      { size: { height: 224, width: 224 }, resize: 'cover', crop: 0.875, kernel: 'cubic' },
    ],
    [
      'a number for the shorter side (MobileNetV2)',
      {
        ...VIT,
        image_processor_type: 'MobileNetV2ImageProcessorFast',
        size: 256,
        crop_size: { height: 224, width: 224 },
      },
      { size: { height: 224, width: 224 }, resize: 'cover', crop: 0.875 },
    ],
    [
      'the middle of a square (DeiT)',
      { ...cubic, image_processor_type: 'DeiTFeatureExtractor', size: 256, do_center_crop: true, crop_size: 224 },
      { size: { height: 224, width: 224 }, resize: 'stretch', crop: 0.875 },
    ],
    [
      "ConvNeXt's share of small pictures",
      { ...VIT, image_processor_type: 'ConvNextFeatureExtractor', size: 224, crop_pct: 0.9 },
      { size: { height: 224, width: 224 }, resize: 'cover', crop: 0.9 },
    ],
    [
      "ConvNeXt's large pictures",
      { ...VIT, image_processor_type: 'ConvNextImageProcessor', size: { shortest_edge: 384 } },
      { size: { height: 384, width: 384 }, resize: 'stretch', crop: 1 },
    ],
    [
      'blue first, without a mean (MobileViT)',
      {
        image_processor_type: 'MobileViTImageProcessor',
        size: { shortest_edge: 288 },
        crop_size: { height: 256, width: 256 },
        do_flip_channel_order: true,
      },
      { colour: 'bgr', normalization: { mean: [0], deviation: [255] }, kernel: 'linear', resize: 'cover' },
    ],
  ])('knows %s', (_, processor, wanted) => expect(hintsOf(processor)).toMatchObject(wanted));

  it('puts the factor into mean and deviation', () => {
    const given = { ...VIT, image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
    const { normalization } = hintsOf(given) as Exclude<ReturnType<typeof hintsOf>, string>;
    expect(normalization?.mean[0]).toBeCloseTo(123.675, 9);
    expect(normalization?.deviation[2]).toBeCloseTo(57.375, 9);
    expect(hintsOf({ ...given, do_normalize: false })).toMatchObject({
      normalization: { mean: [0], deviation: [255] },
    });
    expect(hintsOf({ ...given, do_rescale: false, do_normalize: false })).toMatchObject({
      normalization: { deviation: [1] },
    });
  });

  it.each([
    ['EfficientNetImageProcessor', VIT],
    ['TimmWrapperImageProcessor', {}],
    ['ViTImageProcessor', { ...VIT, image_mean: undefined }],
    ['ViTImageProcessor', { ...VIT, size: { shortest_edge: 224 } }],
    ['CLIPImageProcessor', { ...VIT, size: { shortest_edge: 224 }, crop_size: 256 }],
    ['CLIPImageProcessor', { ...VIT, size: { height: 256, width: 512 }, crop_size: 224 }],
  ])('says that it does not know how %s prepares pictures', (image_processor_type, processor) => {
    expect(hintsOf({ ...processor, image_processor_type })).toMatch(/^How its pictures are prepared was not read/);
  });
});
