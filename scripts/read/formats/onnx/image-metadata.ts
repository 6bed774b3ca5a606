import type { PictureHints } from '../../format-reader.ts';
import type { Metadata } from './metadata.ts';

/**
 * What ONNX itself has for models of pictures (its MetadataProps), as Azure Custom Vision and Windows' tools write it.
 * @param metadata of the model; keys and values in any case
 */
export function imageHints(metadata: Metadata): PictureHints | undefined {
  const value = (key: string) => metadata.find((one) => one.key.toLowerCase() === key)?.value.toLowerCase() ?? '';
  const colour = COLOURS[value('image.bitmappixelformat')];
  const normalization = RANGES[value('image.nominalpixelrange')];
  if (!colour && !normalization) return undefined;
  return {
    ...(colour ? { colour } : {}),
    ...(normalization ? { normalization } : {}),
    reason: 'its metadata says so (Image.BitmapPixelFormat, Image.NominalPixelRange)',
  };
}

/** Grey is told by the one channel. */
const COLOURS: Readonly<Record<string, 'rgb' | 'bgr'>> = {
  rgb8: 'rgb',
  bgr8: 'bgr',
  rgba8: 'rgb',
  bgra8: 'bgr',
};

/** Of video, black is 16 and white 235. */
const [BLACK, WHITE] = [16, 235];
const VIDEO = (WHITE - BLACK) / 255;

/** (x - mean) / deviation of bytes. */
const RANGES: Readonly<Record<string, NonNullable<PictureHints['normalization']>>> = {
  nominalrange_0_255: { mean: [0], deviation: [1] },
  normalized_0_1: { mean: [0], deviation: [255] },
  normalized_1_1: { mean: [127.5], deviation: [127.5] },
  nominalrange_16_235: { mean: [-BLACK / VIDEO], deviation: [1 / VIDEO] },
};
