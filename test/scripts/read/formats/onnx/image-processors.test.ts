import { describe, expect, it } from 'vitest';
import { hintsOf } from '../../../../../scripts/read/formats/onnx/image-processors.ts';
import { VIT } from './vit-processor.ts';

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
      { size: { height: 224, width: 224 }, resize: 'cover', crop: 224 / 248 },
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
    [
      "PoolFormer's usual share",
      { ...cubic, image_processor_type: 'PoolFormerImageProcessor', size: { shortest_edge: 224 }, crop_size: 224 },
      { size: { height: 224, width: 224 }, resize: 'cover', crop: 224 / 248, kernel: 'cubic' },
    ],
    [
      'no share (PoolFormer)',
      { ...cubic, image_processor_type: 'PoolFormerFeatureExtractor', size: 256, crop_size: 224, crop_pct: null },
      { size: { height: 224, width: 224 }, resize: 'cover', crop: 0.875 },
    ],
    [
      'a shorter side that is larger than it says (LeViT)',
      { ...cubic, image_processor_type: 'LevitFeatureExtractor', size: 224, crop_size: 224 },
      { size: { height: 224, width: 224 }, resize: 'cover', crop: 0.875 },
    ],
    [
      'a middle that is cut out first (Perceiver)',
      { ...cubic, image_processor_type: 'PerceiverImageProcessor', crop_size: { height: 256, width: 256 } },
      { size: { height: 224, width: 224 }, resize: 'cover', crop: 0.875 },
    ],
    [
      'a shorter side of another name, and blue first behind the mean (PP-LCNet)',
      { ...VIT, image_processor_type: 'PPLCNetImageProcessor', image_mean: [0.1, 0.2, 0.3], crop_size: 224 },
      { resize: 'cover', crop: 0.875, colour: 'bgr', normalization: { mean: [76.5, 51, 25.5] } },
    ],
  ])('knows %s', (_, processor, wanted) => expect(hintsOf(processor, 'it')).toMatchObject(wanted));

  it('puts the factor into mean and deviation', () => {
    const given = { ...VIT, image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
    const { normalization } = hintsOf(given, 'it') as Exclude<ReturnType<typeof hintsOf>, string>;
    expect(normalization?.mean[0]).toBeCloseTo(123.675, 9);
    expect(normalization?.deviation[2]).toBeCloseTo(57.375, 9);
    expect(hintsOf({ ...given, do_normalize: false }, 'it')).toMatchObject({
      normalization: { mean: [0], deviation: [255] },
    });
    expect(hintsOf({ ...given, do_rescale: false, do_normalize: false }, 'it')).toMatchObject({
      normalization: { deviation: [1] },
    });
  });

  it.each([
    ['ImageGPTImageProcessor', VIT],
    ['TextNetImageProcessor', { ...VIT, size: { shortest_edge: 640 } }],
    ['PPLCNetImageProcessor', { ...VIT, crop_size: 224, size_divisor: 32 }],
    ['ViTImageProcessor', { ...VIT, resample: 4 }],
    ['TimmWrapperImageProcessor', {}],
    ['ViTImageProcessor', { ...VIT, image_mean: undefined }],
    ['ViTImageProcessor', { ...VIT, size: { shortest_edge: 224 } }],
    ['CLIPImageProcessor', { ...VIT, size: { shortest_edge: 224 }, crop_size: 256 }],
    ['CLIPImageProcessor', { ...VIT, size: { height: 256, width: 512 }, crop_size: 224 }],
  ])('says that it does not know how %s prepares pictures', (image_processor_type, processor) => {
    expect(hintsOf({ ...processor, image_processor_type }, 'it')).toMatch(
      /^How its pictures are prepared was not read/,
    );
  });

  const EFFICIENT = { ...VIT, image_processor_type: 'EfficientNetImageProcessor', resample: 0 };
  it.each([
    ['divides by the deviation twice', {}, { mean: [127.5, 127.5, 127.5], deviation: [63.75, 63.75, 63.75] }],
    ['and once without its top', { include_top: false }, { mean: [127.5], deviation: [127.5] }],
    ['takes 1 off first', { rescale_factor: 1 / 127.5, rescale_offset: true }, { mean: [191.25], deviation: [31.875] }],
    ['has no mean', { do_normalize: false }, { mean: [0], deviation: [127.5] }],
  ])("knows EfficientNet's, which %s", (_, options, { mean, deviation }) => {
    const { normalization, kernel } = hintsOf({ ...EFFICIENT, ...options }, 'it') as Exclude<
      ReturnType<typeof hintsOf>,
      string
    >;
    expect(kernel).toBe('nearest');
    expect(normalization?.mean[0]).toBeCloseTo(mean[0] as number, 9);
    expect(normalization?.deviation[0]).toBeCloseTo(deviation[0] as number, 9);
  });
});
