import { decodePicture, PICTURE_FORMATS, PictureError, type PictureShape, sniffPicture } from '@freezeframe/inference';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { looksTruncated } from '../../../../layers/inference/src/picture-files/truncated.ts';
import { gradient } from '../pictures.ts';

const [width, height] = [96, 64];
const smooth = sharp(gradient(width, height), { raw: { width, height, channels: 3 } });
/** Large files, so that cuts fall into the pixels too. */
const noise = Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => ((i * 7919 + 104_729) % 1009) & 255));
const noisy = sharp(noise, { raw: { width, height, channels: 3 } });

/** One of the segments of a JPEG that are no picture. */
function segment(marker: number, ...parts: (Uint8Array | string)[]): Buffer {
  const data = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  return Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff]), data]);
}

/** A JPEG with these segments behind its first marker, as cameras put them. */
function withSegments(jpeg: Buffer, ...segments: Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

async function files(): Promise<Record<string, Buffer>> {
  const thumbnail = await smooth.clone().resize(32).jpeg().toBuffer();
  const jpeg = await noisy.clone().jpeg().toBuffer();
  const progressive = await noisy.clone().jpeg({ progressive: true }).toBuffer();
  const exif = segment(0xe1, 'Exif\0\0', thumbnail);
  const frames = sharp(noise, { raw: { width, height, channels: 3, pageHeight: height / 4 } });
  const tile = { tile: true, tileWidth: 32, tileHeight: 32 };
  const tiff = await noisy.clone().tiff({ compression: 'none' }).toBuffer();
  return {
    JPEG: jpeg,
    'progressive JPEG': progressive,
    'JPEG with a thumbnail': withSegments(jpeg, exif),
    'progressive JPEG with thumbnails in APP1, APP2, APP13 and a comment': withSegments(
      progressive,
      exif,
      segment(0xe2, 'MPF\0', thumbnail),
      segment(0xed, 'Photoshop 3.0\0', thumbnail),
      segment(0xfe, thumbnail),
    ),
    'two JPEGs in one file (MPF)': Buffer.concat([jpeg, progressive]),
    PNG: await noisy.clone().png().toBuffer(),
    'interlaced PNG': await noisy.clone().png({ progressive: true }).toBuffer(),
    WebP: await noisy.clone().webp().toBuffer(),
    'lossless WebP': await smooth.clone().webp({ lossless: true }).toBuffer(),
    'WebP with a profile': await noisy.clone().withMetadata().webp().toBuffer(),
    GIF: await smooth.clone().gif().toBuffer(),
    'animated GIF': await frames.gif().toBuffer(),
    TIFF: tiff,
    'TIFF with its directory before the pixels': directoryFirst(tiff),
    'TIFF of JPEG strips': await noisy.clone().tiff({ compression: 'jpeg' }).toBuffer(),
    'tiled TIFF': await noisy
      .clone()
      .tiff({ compression: 'lzw', ...tile })
      .toBuffer(),
    BigTIFF: await noisy.clone().tiff({ compression: 'deflate', bigtiff: true }).toBuffer(),
    AVIF: await noisy.clone().avif({ effort: 0 }).toBuffer(),
  };
}

/** A one-strip TIFF as Pillow writes it: header, directory, values, pixels. */
function directoryFirst(tiff: Buffer): Buffer {
  const entries: [tag: number, type: number, value: number][] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 8],
    [262, 3, 1],
    [273, 4, 200],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, width * height],
  ];
  const file = Buffer.alloc(200 + width * height);
  tiff.copy(file, 0, 0, 4);
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, type, value]] of entries.entries()) {
    const at = 10 + index * 12;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(type, at + 2);
    file.writeUInt32LE(1, at + 4);
    file.writeUInt32LE(value, at + 8);
  }
  noise.copy(file, 200, 0, width * height);
  return file;
}

const shape: PictureShape = {
  height: 8,
  width: 8,
  channels: 3,
  colour: 'rgb',
  resize: 'stretch',
  crop: 1,
  kernel: 'cubic',
  invert: false,
};

describe('pictures that end early', async () => {
  const all = await files();
  it.each(Object.entries(all))('%s: cut anywhere it is called cut, or answered as if whole', async (_, whole) => {
    const right = await decodePicture(whole, shape);
    const format = sniffPicture(whole) as (typeof PICTURE_FORMATS)[number];
    expect(looksTruncated(whole, format)).toBe(false);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.integer({ min: 33, max: whole.length - 1 }), lastBytes(whole)), async (end) => {
        const answer = await decodePicture(whole.subarray(0, end), shape).catch((error: unknown) => error);
        if (answer instanceof PictureError) {
          expect(answer.code).toBe('picture-truncated');
          refused++;
        } else expect(answer).toEqual(right);
      }),
      { numRuns: 60 },
    );
    // Of an animation the first picture is enough: many of its cuts are answered.
    expect(refused).toBeGreaterThan(0);
  });
});

function lastBytes(whole: Buffer) {
  return fc.integer({ min: whole.length - 24, max: whole.length - 1 });
}

describe('looksTruncated', () => {
  it('steps over the end of a thumbnail, in whichever segment it is', async () => {
    const jpeg = await smooth.clone().jpeg().toBuffer();
    const thumbnail = await smooth.clone().resize(16).jpeg().toBuffer();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0xe0, max: 0xef }), fc.uint8Array({ maxLength: 40 })), { maxLength: 5 }),
        fc.integer({ min: 1, max: 60 }),
        async (segments, cut) => {
          const inside = segments.map(([marker, bytes]) => segment(marker, bytes, thumbnail));
          const phone = withSegments(jpeg, ...inside);
          expect(looksTruncated(phone, 'jpeg')).toBe(false);
          expect(looksTruncated(phone.subarray(0, -cut), 'jpeg')).toBe(true);
        },
      ),
    );
  });

  it('sees that an AVIF has no pixels, cut behind what describes them', async () => {
    const avif = await noisy.clone().avif({ effort: 0 }).toBuffer();
    const brands = avif.readUInt32BE(0);
    expect(looksTruncated(avif.subarray(0, brands + avif.readUInt32BE(brands)), 'avif')).toBe(true);
    expect(looksTruncated(avif, 'avif')).toBe(false);
  });

  it('takes damage for damage where the end is there', async () => {
    const png = Buffer.from(await noisy.clone().png().toBuffer());
    png.writeUInt32BE(0x7fff_ffff, 33); // the length of the chunk behind the header
    expect(looksTruncated(png, 'png')).toBe(false);
    const gif = Buffer.from(await smooth.clone().gif().toBuffer());
    gif[13 + 3 * 2 ** (((gif[10] as number) & 7) + 1)] = 0x55; // no block
    expect(looksTruncated(gif, 'gif')).toBe(false);
  });

  it.each([
    ['a TIFF', 'II*\0\x08\0\0\0', false],
    ['a BigTIFF', 'II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0', true],
  ] as const)('does not count through what %s says there is, of a type without a size', (_, start, big) => {
    const [count, size, value] = big ? [8, 20, 8] : [2, 12, 4];
    const entries = [273, 279].map((tag) => {
      const entry = Buffer.alloc(size);
      entry.writeUInt16LE(tag);
      entry.writeUInt16LE(14, 2);
      entry.fill(0xff, 4, 4 + value);
      return entry;
    });
    const directory = Buffer.alloc(count);
    directory.writeUInt16LE(entries.length);
    const next = Buffer.alloc(value);
    const file = Buffer.concat([Buffer.from(start, 'latin1'), directory, ...entries, next]);
    // It took a minute for 4,294,967,295 of them, and a BigTIFF would never have ended.
    expect(looksTruncated(file, 'tiff')).toBe(false);
  });

  it('answers yes or no, whatever the bytes', () => {
    const starts = fc.constantFrom(
      '',
      'II*\0\x08\0\0\0',
      'MM\0*\0\0\0\x08',
      'II+\0\x08\0\0\0\x10',
      'GIF89a',
      '\xff\xd8',
    );
    fc.assert(
      fc.property(
        starts,
        fc.uint8Array({ maxLength: 90 }),
        fc.constantFrom(...PICTURE_FORMATS),
        (start, rest, format) => {
          const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest]);
          expect(typeof looksTruncated(bytes, format)).toBe('boolean');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
