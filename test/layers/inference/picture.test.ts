import { decodePicture, MAX_PIXELS, PictureError, type PictureShape } from '@freezeframe/inference';
import fc from 'fast-check';
import { Jimp } from 'jimp';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { enlarge } from '../../../layers/inference/src/resizing/enlarge.ts';
import { gradient, handmadePng, hostilePictures, plain } from './pictures.ts';

const shape: PictureShape = {
  height: 2,
  width: 2,
  channels: 3,
  colour: 'rgb',
  resize: 'stretch',
  crop: 1,
  kernel: 'cubic',
  invert: false,
};
const grey: PictureShape = { ...shape, channels: 1, colour: 'grey' };
const four = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30];
const raw = { width: 2, height: 2, channels: 3 } as const;
const fourPng = () => sharp(Buffer.from(four), { raw }).png().toBuffer();

async function pixels(bytes: Uint8Array, to: PictureShape = shape): Promise<number[]> {
  return [...(await decodePicture(bytes, to))];
}

describe('decodePicture: exact where nothing is resized', () => {
  it.each([
    ['PNG', () => sharp(Buffer.from(four), { raw }).png()],
    ['palette PNG', () => sharp(Buffer.from(four), { raw }).png({ palette: true })],
    ['interlaced PNG', () => sharp(Buffer.from(four), { raw }).png({ progressive: true })],
    ['lossless WebP', () => sharp(Buffer.from(four), { raw }).webp({ lossless: true })],
    ['GIF', () => sharp(Buffer.from(four), { raw }).gif()],
    ['lossless AVIF', () => sharp(Buffer.from(four), { raw }).avif({ lossless: true })],
    ['TIFF', () => sharp(Buffer.from(four), { raw }).tiff({ compression: 'deflate' })],
  ])('%s', async (_, file) => {
    expect(await pixels(await file().toBuffer())).toEqual(four);
  });

  it.each(['stretch', 'cover', 'contain'] as const)(
    'answers by pixels, not by format, where it shrinks: %s',
    async (resize) => {
      const noise = Buffer.from(Uint8Array.from({ length: 90 * 60 * 3 }, (_, i) => (i * 7919 + (i >> 5) * 31) % 251));
      const picture = sharp(noise, { raw: { width: 90, height: 60, channels: 3 } });
      const small: PictureShape = { ...shape, width: 12, height: 12, resize, kernel: 'linear' };
      const own = await pixels(await picture.clone().png().toBuffer(), small);
      for (const file of [
        picture.clone().webp({ lossless: true }),
        picture.clone().tiff({ compression: 'deflate' }),
        picture.clone().avif({ lossless: true }),
      ]) {
        expect(await pixels(await file.toBuffer(), small)).toEqual(own);
      }
    },
  );

  it('orders channels, inverts, and makes grey as Rec. 601 luma', async () => {
    const png = await fourPng();
    expect(await pixels(png, { ...shape, colour: 'bgr' })).toEqual([0, 0, 255, 0, 255, 0, 255, 0, 0, 30, 20, 10]);
    expect(await pixels(png, { ...shape, invert: true })).toEqual(four.map((value) => 255 - value));
    const luma = [76, 150, 29, 18]; // .299 R + .587 G + .114 B, rounded
    expect(await pixels(png, grey)).toEqual(luma);
    expect(await pixels(png, { ...grey, invert: true })).toEqual(luma.map((value) => 255 - value));
  });

  it('keeps the high byte of 16-bit pictures, coloured and grey', async () => {
    const bytes = (values: number[]) =>
      Buffer.concat([Buffer.from([0]), Buffer.from(values.flatMap((v) => [v >> 8, v & 255]))]);
    const one = { ...shape, height: 1, width: 1 };
    expect(await pixels(handmadePng(1, 1, bytes([0x1234, 0x8001, 0xffff]), 2, 16), one)).toEqual([0x12, 0x80, 0xff]);
    expect(await pixels(handmadePng(1, 1, bytes([0x4321]), 0, 16), one)).toEqual([0x43, 0x43, 0x43]);
  });

  it('lays transparency onto white', async () => {
    const rgba = Buffer.from([255, 0, 0, 0, 0, 255, 0, 128, 0, 0, 255, 255, 10, 20, 30, 51]);
    const png = await sharp(rgba, { raw: { ...raw, channels: 4 } })
      .png()
      .toBuffer();
    const found = await pixels(png);
    const wanted = [255, 255, 255, 127, 255, 127, 0, 0, 255, 206, 208, 210];
    for (const [index, value] of wanted.entries())
      expect(Math.abs((found[index] as number) - value)).toBeLessThanOrEqual(1);
  });

  it('spreads greyscale files over three channels', async () => {
    const png = handmadePng(2, 2, Buffer.from([0, 0, 100, 0, 200, 255]));
    expect(await pixels(png)).toEqual([0, 100, 200, 255].flatMap((value) => [value, value, value]));
    expect(await pixels(png, grey)).toEqual([0, 100, 200, 255]);
  });

  it('takes the first frame of an animation', async () => {
    const frames = Buffer.concat([Buffer.alloc(12, 200), Buffer.alloc(12, 10)]);
    for (const format of ['gif', 'webp'] as const) {
      const file = await sharp(frames, { raw: { width: 2, height: 4, channels: 3, pageHeight: 2 } })
        .toFormat(format, { lossless: true })
        .toBuffer();
      expect((await sharp(file).metadata()).pages).toBe(2);
      expect(await pixels(file)).toEqual(new Array(12).fill(200));
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %i upright', async (orientation) => {
    // Where each upright pixel (top left, top right, bottom left, bottom right) is stored, by EXIF's definition.
    const stored = [
      [0, 1, 2, 3],
      [1, 0, 3, 2],
      [3, 2, 1, 0],
      [2, 3, 0, 1],
      [0, 2, 1, 3],
      [2, 0, 3, 1],
      [3, 1, 2, 0],
      [1, 3, 0, 2],
    ];
    const upright = [0, 80, 160, 240];
    const file = Buffer.alloc(4);
    for (const [index, place] of (stored[orientation - 1] as number[]).entries())
      file[place] = upright[index] as number;
    const png = await sharp(file, { raw: { ...raw, channels: 1 } })
      .withMetadata({ orientation })
      .png()
      .toBuffer();
    expect(await pixels(png, grey)).toEqual(upright);
  });
});

describe('decodePicture: colour', () => {
  it('reads CMYK JPEG as the colours it stands for', async () => {
    const cmyk = await plain('#a07060', 32, 32).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    for (const [index, value] of (await pixels(cmyk)).entries()) {
      expect(Math.abs(value - ([160, 112, 96][index % 3] as number))).toBeLessThan(12); // the round trip through a printer's colours
    }
  });

  it('converts an embedded profile to sRGB', async () => {
    const p3 = await plain('#c83c28', 8, 8).withIccProfile('p3').png().toBuffer();
    const stored = await sharp(p3, { ignoreIcc: true }).raw().toBuffer();
    expect([...stored.subarray(0, 3)]).not.toEqual([200, 60, 40]);
    for (const [index, value] of (await pixels(p3)).entries()) {
      expect(Math.abs(value - ([200, 60, 40][index % 3] as number))).toBeLessThanOrEqual(2);
    }
  });
});

describe('decodePicture: size', () => {
  const wide = () =>
    sharp(gradient(80, 40), { raw: { width: 80, height: 40, channels: 3 } })
      .png()
      .toBuffer();

  it('stretches, covers and contains', async () => {
    const halves = Buffer.from([0, 0, 60, 60, 120, 120, 180, 180]); // eight columns, one row each
    const png = handmadePng(
      8,
      4,
      Buffer.concat(Array.from({ length: 4 }, () => Buffer.concat([Buffer.from([0]), halves]))),
    );
    const to = { ...grey, height: 4, width: 4, kernel: 'nearest' } as const;
    const row = (found: number[], y: number) => found.slice(y * 4, y * 4 + 4);
    expect(row(await pixels(png, to), 0)).toEqual([0, 60, 120, 180]);
    expect(row(await pixels(png, { ...to, resize: 'cover' }), 2)).toEqual([60, 60, 120, 120]);
    const contained = await pixels(png, { ...to, resize: 'contain' });
    expect([0, 1, 2, 3].map((y) => row(contained, y))).toEqual([
      [0, 0, 0, 0],
      [0, 60, 120, 180],
      [0, 60, 120, 180],
      [0, 0, 0, 0],
    ]);
    expect(row(await pixels(png, { ...to, resize: 'contain', invert: true }), 0)).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ['a landscape', 500, 375, 1, { width: 298, height: 224, left: 37, top: 0 }],
    ['a portrait', 375, 500, 1, { width: 224, height: 298, left: 0, top: 37 }],
    ['the middle of one', 333, 500, 224 / 248, { width: 248, height: 372, left: 12, top: 74 }],
    ['a square', 300, 300, 0.875, { width: 256, height: 256, left: 16, top: 16 }],
  ])(
    'covers a frame with %s as torchvision does: no fraction of a side, no half pixel',
    async (_, width, height, crop, whole) => {
      const raw = { width, height, channels: 3 } as const;
      const noise = Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * i * 7919) % 251));
      const png = await sharp(noise, { raw }).png().toBuffer();
      const { left, top, ...size } = whole;
      const resized = sharp(png).resize({ ...size, fit: 'fill', kernel: 'linear' });
      const wanted = await resized.extract({ left, top, width: 224, height: 224 }).raw().toBuffer();
      const to = { ...shape, height: 224, width: 224, resize: 'cover', crop, kernel: 'linear' } as const;
      expect(Buffer.from(await pixels(png, to)).equals(wanted)).toBe(true);
      // A camera that was held upright says so in the file.
      const turned = await sharp(noise, { raw }).rotate(90).png().withMetadata({ orientation: 8 }).toBuffer();
      expect(Buffer.from(await pixels(turned, to)).equals(wanted)).toBe(true);
    },
  );

  it.each([
    { resize: 'stretch', crop: 1, scaled: [20, 18], part: [0, 0, 20, 18], at: [0, 0] },
    { resize: 'stretch', crop: 0.5, scaled: [40, 36], part: [10, 9, 20, 18], at: [0, 0] },
    { resize: 'cover', crop: 1, scaled: [24, 18], part: [2, 0, 20, 18], at: [0, 0] },
    { resize: 'contain', crop: 1, scaled: [20, 15], part: [0, 0, 20, 15], at: [0, 1] },
  ] as const)('enlarges by code of its own: $resize, $crop', async ({ resize, crop, scaled, part, at }) => {
    const size = { width: 16, height: 12 };
    const noise = Buffer.from(Array.from({ length: 16 * 12 * 3 }, (_, i) => (i * i * 7919) % 251));
    const raw = { ...size, channels: 3 } as const;
    const [left, top, width, height] = part;
    const large = enlarge(
      { data: noise, ...raw },
      { width: scaled[0], height: scaled[1] },
      { left, top, width, height },
      'cubic',
    );
    const wanted = Buffer.alloc(20 * 18 * 3);
    for (let y = 0; y < height; y++)
      wanted.set(large.data.subarray(y * width * 3, (y + 1) * width * 3), ((y + at[1]) * 20 + at[0]) * 3);
    const to = { ...shape, width: 20, height: 18, resize, crop, kernel: 'cubic' } as const;
    const png = await sharp(noise, { raw }).png().toBuffer();
    expect(Buffer.from(await pixels(png, to)).equals(wanted)).toBe(true);
    const turned = await sharp(noise, { raw }).rotate(90).png().withMetadata({ orientation: 8 }).toBuffer();
    expect(Buffer.from(await pixels(turned, to)).equals(wanted)).toBe(true);
    const negative = Buffer.from(await pixels(png, { ...to, invert: true }));
    expect(negative.equals(Buffer.from(wanted.map((value) => 255 - value)))).toBe(resize !== 'contain');
    if (resize === 'contain') expect([...negative.subarray(0, 60)]).toEqual(Array(60).fill(0));
  });

  it('keeps the central share', async () => {
    const columns = Buffer.from([0, 50, 100, 150]);
    const png = handmadePng(
      4,
      4,
      Buffer.concat(Array.from({ length: 4 }, () => Buffer.concat([Buffer.from([0]), columns]))),
    );
    expect(await pixels(png, { ...grey, crop: 0.5, kernel: 'nearest' })).toEqual([50, 100, 50, 100]);
  });

  it('shrinks as an independent decoder does', async () => {
    const to = { ...shape, height: 10, width: 20, kernel: 'linear' } as const;
    const found = await pixels(await wide(), to);
    const jimp = await Jimp.read(await wide());
    jimp.resize({ w: 20, h: 10 }); // its default averages areas
    const wanted = jimp.bitmap.data.filter((_, index) => index % 4 !== 3);
    const difference = found.reduce((sum, value, index) => sum + Math.abs(value - (wanted[index] as number)), 0);
    expect(difference / found.length).toBeLessThan(4);
  });

  it('answers the same for a JPEG that is shrunk while it loads', async () => {
    const big = { width: 640, height: 640, channels: 3 } as const;
    const jpeg = await sharp(gradient(640, 640), { raw: big })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const png = await sharp(gradient(640, 640), { raw: big }).png().toBuffer();
    const to = { ...shape, height: 32, width: 32, resize: 'cover', crop: 0.875 } as const;
    const [a, b] = [await pixels(jpeg, to), await pixels(png, to)];
    const difference = a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] as number)), 0);
    expect(difference / a.length).toBeLessThan(2);
  });

  it('always answers height x width x channels', async () => {
    const png = await wide();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          height: fc.integer({ min: 1, max: 40 }),
          width: fc.integer({ min: 1, max: 40 }),
          channels: fc.constantFrom(1 as const, 3 as const),
          resize: fc.constantFrom('stretch' as const, 'cover' as const, 'contain' as const),
          crop: fc.double({ min: 0.1, max: 1, noNaN: true }),
          kernel: fc.constantFrom('cubic' as const, 'linear' as const, 'nearest' as const, 'canvas' as const),
          invert: fc.boolean(),
        }),
        async (to) => {
          const found = await decodePicture(png, { ...to, colour: to.channels === 1 ? 'grey' : 'rgb' });
          expect(found.length).toBe(to.height * to.width * to.channels);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('decodePicture: hostile files', async () => {
  const hostile = await hostilePictures();

  it.each(Object.keys(hostile))('refuses %s', async (name) => {
    const { bytes, code } = hostile[name] as { bytes: Buffer; code: string };
    const error = await decodePicture(bytes, shape).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PictureError);
    expect(error).toMatchObject({ code, remedy: expect.any(String) });
  });

  it('says what a picture is that it does not decode', async () => {
    const bmp = Buffer.from('BM\x36\0\0\0', 'latin1');
    await expect(decodePicture(bmp, shape)).rejects.toThrow('but received "a BMP picture"');
    await expect(decodePicture(hostile['HEIC brand']?.bytes as Buffer, shape)).rejects.toThrow('a HEIC picture');
    await expect(decodePicture(hostile['TIFF of floats']?.bytes as Buffer, shape)).rejects.toThrow('float samples');
  });

  it('answers JPEGs that are whole and odd', async () => {
    const rgb = { raw: { width: 64, height: 64, channels: 3 } } as const;
    const progressive = await sharp(gradient(64, 64), rgb).jpeg({ progressive: true }).toBuffer();
    const odd = Buffer.concat([progressive.subarray(0, -2), Buffer.from([1, 2, 3, 4]), progressive.subarray(-2)]);
    expect(await decodePicture(odd, shape)).toEqual(await decodePicture(progressive, shape));
  });

  it('takes the thinnest pictures there may be, at the size of the largest models', async () => {
    const thin = await plain('red', 1_000, 1).png().toBuffer();
    for (const resize of ['cover', 'contain', 'stretch'] as const)
      expect(await decodePicture(thin, { ...shape, resize, height: 512, width: 512 })).toHaveLength(512 * 512 * 3);
  });

  it('counts pixels before it decodes, and encoded bytes before it looks', async () => {
    const png = await fourPng();
    await expect(decodePicture(png, shape, { maxPixels: 3 })).rejects.toMatchObject({
      code: 'picture-too-large',
      details: { width: 2, height: 2 },
    });
    await expect(decodePicture(png, shape, { maxBytes: 10 })).rejects.toMatchObject({ code: 'picture-too-large' });
    await expect(decodePicture(png, shape, { maxPixels: 4 })).resolves.toHaveLength(12);
    expect(MAX_PIXELS).toBe(50_000_000);
  });

  it('looks at one frame only of a huge animation', async () => {
    const frames = 400;
    const pixelsOf = Buffer.alloc(200 * 200 * frames, 0);
    for (let frame = 0; frame < frames; frame++) pixelsOf.fill(frame % 255, frame * 40_000, frame * 40_000 + 39);
    const file = await sharp(pixelsOf, { raw: { width: 200, height: 200 * frames, channels: 1, pageHeight: 200 } })
      .gif({ effort: 1 })
      .toBuffer();
    expect(await decodePicture(file, shape, { maxPixels: 40_000 })).toHaveLength(12);
  });

  it('loads no other format, whatever is asked of sharp', async () => {
    await decodePicture(await fourPng(), shape);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(sharp(svg).metadata()).rejects.toThrow('unsupported');
  });

  it('lets nothing but PictureError escape from damaged files', async () => {
    const source = sharp(gradient(48, 32), { raw: { width: 48, height: 32, channels: 3 } });
    const files = await Promise.all(
      [
        source.clone().jpeg(),
        source.clone().png(),
        source.clone().webp(),
        source.clone().gif(),
        source.clone().tiff(),
        source.clone().avif({ effort: 0 }),
      ].map((file) => file.toBuffer()),
    );
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        damage,
        fc.option(fc.nat(), { nil: undefined }),
        async (file, changes, cut) => {
          const bytes = Buffer.from(file);
          for (const [where, value] of changes) bytes[where % bytes.length] = value;
          const short = cut === undefined ? bytes : bytes.subarray(0, cut % bytes.length);
          const answer = await decodePicture(short, shape).catch((error: unknown) => error);
          if (!(answer instanceof PictureError)) expect(answer).toHaveLength(12);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('holds no memory after a thousand bad pictures', async () => {
    const bad = Object.values(hostile).map(({ bytes }) => bytes);
    const attempt = async (count: number) => {
      for (let i = 0; i < count; i++) await decodePicture(bad[i % bad.length] as Buffer, shape).catch(() => undefined);
      return process.memoryUsage().rss / 2 ** 20;
    };
    const before = await attempt(200);
    const after = await attempt(1000);
    expect(after - before).toBeLessThan(64);
  });
});
