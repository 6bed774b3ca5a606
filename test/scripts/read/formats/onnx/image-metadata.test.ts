import { describe, expect, it } from 'vitest';
import { imageHints } from '../../../../../scripts/read/formats/onnx/image-metadata.ts';

const hints = (format: string, range: string) =>
  imageHints([
    { key: 'Image.BitmapPixelFormat', value: format },
    { key: 'image.nominalpixelrange', value: range },
  ]);

describe('imageHints', () => {
  it.each([
    ['Bgr8', 'NominalRange_0_255', 'bgr', 255],
    ['BGRA8', 'Normalized_0_1', 'bgr', 1],
    ['Rgb8', 'normalized_1_1', 'rgb', 1],
    ['Rgb8', 'NominalRange_16_235', 'rgb', 235],
  ])('reads %s and %s', (format, range, colour, white) => {
    const found = hints(format, range);
    expect(found?.colour).toBe(colour);
    const [mean = Number.NaN] = found?.normalization?.mean ?? [];
    const [deviation = Number.NaN] = found?.normalization?.deviation ?? [];
    expect((255 - mean) / deviation).toBeCloseTo(white, 9);
  });

  it('knows black too', () => {
    const { mean = [], deviation = [] } = hints('Rgb8', 'NominalRange_16_235')?.normalization ?? {};
    expect((0 - (mean[0] as number)) / (deviation[0] as number)).toBeCloseTo(16, 9);
  });

  it('leaves open what is not told', () => {
    expect(hints('Gray8', 'unknown')).toBeUndefined();
    expect(imageHints([])).toBeUndefined();
    expect(hints('Bgr8', '')).not.toHaveProperty('normalization');
  });
});
