import { readFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A plain picture of one colour. */
export function plain(colour: string, width = 4, height = 4) {
  return sharp({ create: { width, height, channels: 3, background: colour } });
}

/** Smooth colours with some edges: what shrinking and compressing should survive. */
export function gradient(width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      pixels[at] = (255 * x) / width;
      pixels[at + 1] = (255 * y) / height;
      pixels[at + 2] = (x * 4) / width < 2 === (y * 4) / height < 2 ? 220 : 30;
    }
  }
  return pixels;
}

/** A PNG file written by hand, so that its header may say anything. */
export function handmadePng(width: number, height: number, raw: Uint8Array, colourType = 0, depth = 8): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = depth;
  header[9] = colourType;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, check]);
}

const svg = (body: string) =>
  `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${body}</svg>`;

const fixture = (name: string) => readFile(new URL(`../../fixtures/pictures/${name}`, import.meta.url));

/** A JPEG whose header says other sides than its data have. */
function saysItIs(jpeg: Buffer, width: number, height: number): Buffer {
  const claimed = Buffer.from(jpeg);
  const frame = Math.max(jpeg.indexOf(Buffer.from([0xff, 0xc0])), jpeg.indexOf(Buffer.from([0xff, 0xc2])));
  claimed.writeUInt16BE(height, frame + 5);
  claimed.writeUInt16BE(width, frame + 7);
  return claimed;
}

const END_OF_JPEG = Buffer.from([0xff, 0xd9]);

/** Files that must be refused, by what they are. */
export async function hostilePictures(): Promise<Record<string, { bytes: Buffer; code: string }>> {
  const jpeg = await sharp(gradient(64, 64), { raw: { width: 64, height: 64, channels: 3 } })
    .jpeg()
    .toBuffer();
  const png = await plain('red').png().toBuffer();
  const webp = await sharp(gradient(64, 64), { raw: { width: 64, height: 64, channels: 3 } })
    .webp()
    .toBuffer();
  const progressive = await sharp(jpeg).jpeg({ progressive: true }).toBuffer();
  const avif = await plain('red', 32, 32).avif({ effort: 0 }).toBuffer();
  const type = 'picture-type-unsupported';
  return {
    empty: { bytes: Buffer.alloc(0), code: 'picture-empty' },
    text: { bytes: Buffer.from('I am no picture'), code: type },
    'one byte': { bytes: Buffer.from([0xff]), code: type },
    'truncated JPEG': { bytes: jpeg.subarray(0, jpeg.length / 2), code: 'picture-truncated' },
    'JPEG magic alone': { bytes: jpeg.subarray(0, 3), code: 'picture-truncated' },
    'JPEG of a phone, cut behind its thumbnail': {
      bytes: await fixture('cut-phone-photo.jpg'),
      code: 'picture-truncated',
    },
    'JPEG of 64 x 64 that says 160 x 160': { bytes: saysItIs(jpeg, 160, 160), code: 'picture-truncated' },
    'JPEG of 64 x 64 that says 7,000 x 7,000': { bytes: saysItIs(jpeg, 7_000, 7_000), code: 'picture-truncated' },
    'progressive JPEG of 64 x 64 that says 960 x 960': {
      bytes: saysItIs(progressive, 960, 960),
      code: 'picture-truncated',
    },
    'JPEG cut in half, with an end marker': {
      bytes: Buffer.concat([jpeg.subarray(0, jpeg.length - 500), END_OF_JPEG]),
      code: 'picture-truncated',
    },
    'TIFF of floats': { bytes: await fixture('float-tiff.tiff'), code: type },
    'PNG of 1 x 49,000,000': { bytes: handmadePng(1, 49_000_000, Buffer.alloc(64)), code: 'picture-too-large' },
    'PNG of 40,000 x 1,000': { bytes: handmadePng(40_000, 1_000, Buffer.alloc(64)), code: 'picture-too-large' },
    'PNG of 3,000 x 2': { bytes: handmadePng(3_000, 2, Buffer.alloc(64)), code: 'picture-too-large' },
    'truncated PNG': { bytes: png.subarray(0, png.length - 20), code: 'picture-truncated' },
    'truncated WebP': { bytes: webp.subarray(0, webp.length - 100), code: 'picture-truncated' },
    'truncated AVIF': { bytes: avif.subarray(0, avif.length - 10), code: 'picture-truncated' },
    'PNG header of 30,000 x 30,000': {
      bytes: handmadePng(30_000, 30_000, Buffer.alloc(64)),
      code: 'picture-too-large',
    },
    'PNG bomb: 100 MP of zeros in 100 kB': {
      bytes: handmadePng(10_000, 10_000, Buffer.alloc(10_001 * 10_000)),
      code: 'picture-too-large',
    },
    'PNG bomb within the cap, data of another size': {
      bytes: handmadePng(4, 4, Buffer.alloc(3)),
      code: 'picture-unreadable',
    },
    'SVG with external entity': { bytes: Buffer.from(svg('<text y="9">&x;</text>')), code: type },
    'GIF magic, SVG inside': { bytes: Buffer.from(`GIF89a${svg('')}`), code: 'picture-unreadable' },
    'JPEG magic, SVG inside': { bytes: Buffer.from(`\xff\xd8\xff${svg('')}`, 'latin1'), code: 'picture-truncated' },
    PDF: { bytes: Buffer.from('%PDF-1.7\n1 0 obj\n'), code: type },
    'HEIC brand': { bytes: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1'), code: type },
    'AVIF brand, nothing behind': {
      bytes: Buffer.from('\0\0\0\x18ftypavif\0\0\0\0avifmif1', 'latin1'),
      code: 'picture-unreadable',
    },
    'BigTIFF magic alone': { bytes: Buffer.from('II+\0\b\0\0\0', 'latin1'), code: 'picture-truncated' },
  };
}
