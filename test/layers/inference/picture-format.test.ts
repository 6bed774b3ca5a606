import { nameOther, PICTURE_FORMATS, quickHeader, sniffPicture } from '@freezeframe/inference';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { gradient } from './pictures.ts';

const picture = sharp(gradient(37, 23), { raw: { width: 37, height: 23, channels: 3 } });
const file = (format: (typeof PICTURE_FORMATS)[number]) => picture.clone().toFormat(format).toBuffer();

describe.each(PICTURE_FORMATS)('%s', (format) => {
  it('is known by its first bytes', async () => {
    expect(sniffPicture(await file(format))).toBe(format);
  });

  it('has the size that its header says, or leaves it to the decoder', async () => {
    const size = quickHeader(await file(format), format);
    expect(size).toEqual(format === 'png' || format === 'jpeg' ? { width: 37, height: 23 } : undefined);
  });
});

it('finds the size of progressive JPEG with EXIF and a profile', async () => {
  const jpeg = await picture.clone().withMetadata({ orientation: 6 }).jpeg({ progressive: true }).toBuffer();
  expect(quickHeader(jpeg, 'jpeg')).toEqual({ width: 37, height: 23 });
});

it('finds the size of a JPEG behind its thumbnail', async () => {
  const thumbnail = await picture.clone().resize(8).jpeg().toBuffer();
  const whole = await file('jpeg');
  const segment = Buffer.from([0xff, 0xe1, (thumbnail.length + 2) >> 8, (thumbnail.length + 2) & 0xff]);
  const phone = Buffer.concat([whole.subarray(0, 2), segment, thumbnail, whole.subarray(2)]);
  expect(quickHeader(phone, 'jpeg')).toMatchObject({ width: 37, height: 23 });
});

it.each([
  ['a JPEG of 12 bits a sample', 0xc1, 12],
  ['a lossless JPEG', 0xc3, 8],
  ['a JPEG-LS picture', 0xf7, 8],
])('sees %s', async (name, marker, bits) => {
  const jpeg = Buffer.from(await file('jpeg'));
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg[frame + 1] = marker;
  jpeg[frame + 4] = bits;
  expect(quickHeader(jpeg, 'jpeg')?.other).toBe(name);
});

const box = (brand: string, other = 'mif1') => `\0\0\0\x18ftyp${brand}\0\0\0\0${other}${brand}`;

it.each([
  ['a HEIC picture', box('heic')],
  ['a HEIC picture', box('mif1', 'heix')],
  ['a camera raw file', box('crx ', 'isom')],
  ['a video', box('mp42', 'isom')],
  ['a BMP picture', 'BM\x36\0\0\0'],
  ['a JPEG XL picture', '\xff\x0a\xfa'],
  ['a JPEG XL picture', '\0\0\0\x0cJXL \r\n'],
  ['a JPEG 2000 picture', '\0\0\0\x0cjP  \r\n'],
  ['a JPEG XR picture', 'II\xbc\x01'],
  ['a Photoshop file', '8BPS\0\x01'],
  ['a PDF', '%PDF-1.7'],
  ['a Netpbm picture (PBM, PGM, PPM)', 'P6\n8 8\n255\n'],
  ['an SVG drawing', '<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="">'],
  ['a web page (HTML)', '\n<!DOCTYPE html><html>'],
  ['content that is none of them', 'hello'],
])('names %s', (name, start) => {
  const bytes = Buffer.from(start, 'latin1');
  expect(sniffPicture(bytes)).toBeUndefined();
  expect(nameOther(bytes)).toBe(name);
});

it('throws at no bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      sniffPicture(bytes);
      nameOther(bytes);
      const jpeg = new Uint8Array([0xff, 0xd8, 0xff, ...bytes]);
      expect(quickHeader(jpeg, 'jpeg')?.width ?? 0).toBeLessThan(65_536);
    }),
  );
});
