import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { drawOnCanvas, placementOf } from './canvas.ts';
import { expected, FreezeframeError, PictureError } from './errors.ts';
import type { PictureInput } from './manifest.ts';
import { loadSharp } from './native.ts';
import { looksTruncated } from './picture-files/truncated.ts';
import { nameOther, PICTURE_FORMATS, type PictureFormat, quickHeader, sniffPicture } from './picture-format.ts';

/** What of a manifest's picture input says how to decode. */
export type PictureShape = Pick<
  PictureInput,
  'height' | 'width' | 'channels' | 'colour' | 'resize' | 'crop' | 'kernel' | 'invert'
>;

export interface DecodeOptions {
  /** Largest width x height of the picture as it is sent, checked from its header. Default {@link MAX_PIXELS}. */
  maxPixels?: number;
  /** Largest number of encoded bytes. Default {@link MAX_BYTES}. */
  maxBytes?: number;
}

/** Raised when the same file decodes to other pixels: what keeps decoded pictures, or what follows from them, names it. */
export const DECODING = 3;

/** Pixels of the largest picture that is decoded: 150 MB as RGB, of a function's 1,769. */
export const MAX_PIXELS = 50_000_000;
const MAX_BYTES = 64 * 1024 * 1024;
/**
 * Resizing costs time by the longer side: 1 x 49,000,000 takes 28 s where 7000 x 7000 takes 0.7 s. `cover` enlarges the
 * shorter side to the model's, and the longer with it.
 */
const MAX_SIDE = 32_768;
const MAX_RATIO = 1_000;

/**
 * Decodes one picture into what a model takes.
 *
 * JPEG, PNG, WebP, GIF, AVIF and TIFF, recognised by content; the first frame of an animation. EXIF orientation is
 * applied, embedded colour profiles are converted to sRGB, transparency is laid onto white, 16-bit, CMYK, greyscale and
 * palette pictures become 8-bit. The picture is resized to (height / crop, width / crop) and its centre is kept.
 * Grey is Rec. 601 luma, (299 R + 587 G + 114 B) / 1000, as Pillow and Keras make it. Padding (`contain`) is 0 in what
 * the model sees.
 *
 * @returns uint8, row-major [height, width, channels].
 * @throws PictureError `picture-empty`, `picture-type-unsupported`, `picture-too-large`, `picture-truncated`,
 *   `picture-unreadable`; FreezeframeError `decoder-unavailable` where sharp's binary does not load.
 */
export async function decodePicture(
  bytes: Uint8Array,
  input: PictureShape,
  options: DecodeOptions = {},
): Promise<Uint8Array> {
  const { maxPixels = MAX_PIXELS, maxBytes = MAX_BYTES } = options;
  const format = checkEncoded(bytes, maxBytes);
  const quick = quickHeader(bytes, format);
  if (quick?.other) throw unsupported(quick.other);
  if (quick) checkSize(quick, maxPixels);
  const sharp = await loadSharp();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decode = async (failOn: 'warning' | 'error', original?: Size) => {
    const picture = sharp(buffer, { ...READ, failOn, limitInputPixels: maxPixels });
    if (input.kernel === 'canvas') return toChannels(await onCanvas(picture, input), 3, input);
    const { data, info } = await pipeline(picture, input, format, original)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return toChannels(data, info.channels, input);
  };
  try {
    const covers = input.resize === 'cover' && input.kernel !== 'canvas';
    const header = !quick || covers ? await sharp(buffer, READ).metadata() : undefined;
    if (!quick && header) checkHeader(header, format, maxPixels);
    if (format !== 'jpeg') return await decode('error', header?.autoOrient);
    return await decode('warning', header?.autoOrient).catch((error: unknown) => {
      if (HOLLOW.test(messageOf(error)) || DAMAGED.test(messageOf(error))) throw error;
      return decode('error', header?.autoOrient);
    });
  } catch (error) {
    if (error instanceof FreezeframeError) throw error;
    throw unreadable(bytes, format, error);
  }
}

interface Size {
  width: number;
  height: number;
}

/**
 * libjpeg fills what is not there with grey and calls that a warning, as it calls odd but whole files. By its messages:
 * data that end before the picture does, and data that are no picture from some place on.
 */
const HOLLOW = /premature end/i;
const DAMAGED = /bad Huffman code|instead of RST/i;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * `limitInputPixels` is off while the header is read, so that too large pictures are refused with an error of our own.
 * It is a second guard while the picture is read. `unlimited` stays off, so that libvips keeps its caps on what a header
 * may claim (text chunks, scans, tile sizes).
 * `failOn: 'error'` refuses truncated and damaged data, and lets odd metadata pass as browsers do.
 */
const READ: SharpOptions = { limitInputPixels: false, unlimited: false, failOn: 'error', pages: 1, autoOrient: true };

/** For who knows the size before the bytes. @throws PictureError `picture-too-large` */
export function checkEncodedSize(bytes: number, maxBytes = MAX_BYTES): void {
  if (bytes <= maxBytes) return;
  throw new PictureError('picture-too-large', expected(`at most ${maxBytes} bytes`, 'the picture', `${bytes} bytes`), {
    remedy: 'Send a smaller picture.',
    details: { maxBytes, bytes },
  });
}

function checkEncoded(bytes: Uint8Array, maxBytes: number): PictureFormat {
  if (bytes.byteLength === 0) {
    throw new PictureError('picture-empty', expected('at least one byte', 'the picture', '0 bytes'), {
      remedy: "Send the picture's bytes as they are in its file.",
    });
  }
  checkEncodedSize(bytes.byteLength, maxBytes);
  const format = sniffPicture(bytes);
  if (!format) throw unsupported(nameOther(bytes));
  return format;
}

function unsupported(received: string): PictureError {
  return new PictureError(
    'picture-type-unsupported',
    expected('JPEG, PNG, WebP, GIF, AVIF or TIFF', 'the picture', received),
    { remedy: 'Convert the picture to JPEG or PNG.', details: { supported: [...PICTURE_FORMATS] } },
  );
}

function checkHeader(header: Metadata, format: PictureFormat, maxPixels: number): void {
  const found = header.format === 'heif' ? (header.compression === 'av1' ? 'avif' : 'heif') : header.format;
  // A file that announces one format and is read as another was made to fool somebody.
  if (found !== format) throw unsupported(`a file that begins as ${format} and is ${found}`);
  checkSize(header, maxPixels);
  // The range of floats is nowhere said: 0..255 would be read as white.
  if (!['uchar', 'ushort'].includes(header.depth)) throw unsupported(`a ${format} picture of ${header.depth} samples`);
}

function checkSize({ width, height }: Size, maxPixels: number): void {
  const [short, long] = width < height ? [width, height] : [height, width];
  if (long > MAX_SIDE || long > MAX_RATIO * short) {
    throw new PictureError(
      'picture-too-large',
      expected(`sides of at most ${MAX_SIDE} pixels and 1 to ${MAX_RATIO}`, 'the picture', `${width} x ${height}`),
      { remedy: 'Send a part of the picture.', details: { maxSide: MAX_SIDE, maxRatio: MAX_RATIO, width, height } },
    );
  }
  if (width * height > maxPixels) {
    throw new PictureError(
      'picture-too-large',
      expected(`at most ${maxPixels} pixels`, 'the picture', `${width} x ${height}`),
      { remedy: 'Send a smaller picture.', details: { maxPixels, width, height } },
    );
  }
}

/** All pixels, drawn by code of our own: sharp has no kernel that is as careless as a browser's. */
async function onCanvas(picture: Sharp, input: PictureShape): Promise<Uint8Array> {
  const raw = picture.toColourspace('srgb').raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  return drawOnCanvas({ data, ...info }, placementOf(info, input));
}

type Kernel = Exclude<PictureInput['kernel'], 'canvas'>;

function pipeline(picture: Sharp, input: PictureShape, format: PictureFormat, original?: Size): Sharp {
  const whole = { width: Math.round(input.width / input.crop), height: Math.round(input.height / input.crop) };
  const { width, height } = input.resize === 'cover' && original ? covering(whole, original) : whole;
  // Padded before the inversion below, so that it is 0 after it.
  const padding = input.invert ? '#fff' : '#000';
  picture
    .flatten({ background: '#fff' })
    .resize({
      width,
      height,
      fit: input.resize === 'contain' ? 'contain' : 'fill',
      kernel: input.kernel as Kernel,
      // A JPEG's is near to exact. libwebp's was up to 25 of 255 off, so that a WebP was answered unlike its PNG.
      fastShrinkOnLoad: format === 'jpeg',
      background: padding,
      position: 'centre',
    })
    .toColourspace('srgb');
  // Cutting after resizing keeps shrink-on-load, which cutting first would switch off.
  if (width !== input.width || height !== input.height) {
    const left = Math.floor((width - input.width) / 2);
    const top = Math.floor((height - input.height) / 2);
    picture.extract({ left, top, width: input.width, height: input.height });
  }
  return picture;
}

/**
 * Both sides of a picture that covers a frame. The longer one loses its fraction, and half a pixel at a cut goes to the right,
 * as in what models are evaluated with (torchvision, transformers, timm). sharp's own `cover` rounds both up: of 500 x 375
 * pixels at 224, all were half a column off in the mean.
 */
function covering({ width, height }: Size, original: Size): Size {
  return original.width * height > original.height * width
    ? { width: Math.trunc((original.width * height) / original.height), height }
    : { width, height: Math.trunc((original.height * width) / original.width) };
}

/** sRGB pixels to the model's channels. */
function toChannels(rgb: Uint8Array, found: number, input: PictureShape): Uint8Array {
  // Most models take what sharp gives: the loop below costs 0.7 ms at 224 x 224.
  if (found === 3 && input.colour === 'rgb' && !input.invert) {
    return new Uint8Array(rgb.buffer, rgb.byteOffset, rgb.byteLength);
  }
  const count = input.height * input.width;
  const result = new Uint8Array(count * input.channels);
  const flip = input.invert ? 255 : 0;
  const [first, last] = input.colour === 'bgr' ? [2, 0] : [0, 2];
  for (let pixel = 0; pixel < count; pixel++) {
    const from = pixel * found;
    const red = rgb[from] as number;
    const green = found < 3 ? red : (rgb[from + 1] as number);
    const blue = found < 3 ? red : (rgb[from + 2] as number);
    if (input.channels === 1) {
      // Pillow's own fixed-point weights, so that a model trained on its `L` pictures sees the same values.
      result[pixel] = ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16) ^ flip;
    } else {
      const to = pixel * 3;
      result[to + first] = red ^ flip;
      result[to + 1] = green ^ flip;
      result[to + last] = blue ^ flip;
    }
  }
  return result;
}

function unreadable(bytes: Uint8Array, format: PictureFormat, cause: unknown): PictureError {
  if (looksTruncated(bytes, format) || (format === 'jpeg' && HOLLOW.test(messageOf(cause)))) {
    return new PictureError('picture-truncated', `The ${format} picture ends before it is complete`, {
      cause,
      remedy: 'Send the whole file again.',
      details: { format },
    });
  }
  return new PictureError('picture-unreadable', `The ${format} picture is damaged and cannot be decoded`, {
    cause,
    remedy: 'Save the picture again with another program and send that.',
    details: { format },
  });
}
