import { looksTruncated, PICTURE_FORMATS, quickSize, sniffPicture } from '@freezeframe/inference';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { gradient } from './pictures.ts';

const picture = sharp(gradient(37, 23), { raw: { width: 37, height: 23, channels: 3 } });
const file = (format: (typeof PICTURE_FORMATS)[number]) => picture.clone().toFormat(format).toBuffer();

describe.each(PICTURE_FORMATS)('%s', (format) => {
  it('is known by its first bytes, and whole', async () => {
    const bytes = await file(format);
    expect(sniffPicture(bytes)).toBe(format);
    expect(looksTruncated(bytes, format)).toBe(false);
  });

  it('is seen to end early', async () => {
    const bytes = await file(format);
    expect(looksTruncated(bytes.subarray(0, 20), format)).toBe(format !== 'tiff' || bytes.readUInt32LE(4) > 18);
  });

  it('has the size that its header says, or leaves it to the decoder', async () => {
    const size = quickSize(await file(format), format);
    expect(size).toEqual(format === 'png' || format === 'jpeg' ? { width: 37, height: 23 } : undefined);
  });
});

it('finds the size of progressive JPEG with EXIF and a profile', async () => {
  const jpeg = await picture.clone().withMetadata({ orientation: 6 }).jpeg({ progressive: true }).toBuffer();
  expect(quickSize(jpeg, 'jpeg')).toEqual({ width: 37, height: 23 });
});

it('throws at no bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...PICTURE_FORMATS), (bytes, format) => {
      sniffPicture(bytes);
      const jpeg = new Uint8Array([0xff, 0xd8, 0xff, ...bytes]);
      expect(quickSize(jpeg, 'jpeg')?.width ?? 0).toBeLessThan(65_536);
      expect(typeof looksTruncated(bytes, format)).toBe('boolean');
    }),
  );
});
