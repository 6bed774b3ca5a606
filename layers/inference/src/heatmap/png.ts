import { promisify } from 'node:util';
import { crc32, deflate, deflateSync } from 'node:zlib';

const compress = promisify(deflate);

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Up to so many bytes are stored as they are: packing 224 x 224 pixels takes 4 ms, a third of a whole answer. */
const STORED = 1_000_000;

/** A picture's rows for {@link encodePng}, each with the byte in front that says it is not filtered. */
export class PngRows {
  readonly bytes: Uint8Array;
  readonly stride: number;
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.stride = width * 3 + 1;
    this.bytes = new Uint8Array(this.stride * height);
  }
}

/** A PNG of three bytes a pixel (ISO/IEC 15948). sharp takes twice as long as all the rest of a drawing. */
export async function encodePng({ bytes, width, height }: PngRows): Promise<Uint8Array> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits, red, green and blue.
  header.set([8, 2], 8);
  const data = bytes.length > STORED ? await compress(bytes, { level: 1 }) : deflateSync(bytes, { level: 0 });
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', new Uint8Array())]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), data.length + 8);
  return bytes;
}
