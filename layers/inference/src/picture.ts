import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { expected, FreezeframeError, PictureError } from './errors.ts';
import type { PictureInput } from './manifest.ts';
import { loadSharp } from './native.ts';
import { looksTruncated } from './picture-files/truncated.ts';
import { nameOther, PICTURE_FORMATS, type PictureFormat, quickHeader, sniffPicture } from './picture-format.ts';
import { drawOnCanvas, placementOf } from './resizing/canvas.ts';
import { enlarge, type Kernel } from './resizing/enlarge.ts';
import {
  filledPart,
  isEnlarged,
  mayBeEnlarged,
  padded,
  paddingOf,
  type Size,
  scaledSize,
  wholeSize,
  windowOf,
} from './resizing/frame.ts';
import type { Pixels } from './resizing/pixels.ts';

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
    if (original && isEnlarged(input, original)) {
      const { data, channels } = await enlarged(picture, input, input.kernel, original);
      return toChannels(data, channels, input);
    }
    const { data, info } = await pipeline(picture, input, format, original)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return toChannels(data, info.channels, input);
  };
  try {
    const asks = input.kernel !== 'canvas' && (input.resize === 'cover' || (quick && mayBeEnlarged(input, quick)));
    const header = !quick || asks ? await sharp(buffer, READ).metadata() : undefined;
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

/** All pixels, resized by code of our own where a side becomes larger. */
async function enlarged(picture: Sharp, input: PictureShape, kernel: Kernel, original: Size): Promise<Pixels> {
  const raw = picture.flatten({ background: '#fff' }).toColourspace('srgb').raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  const scaled = scaledSize(input, original);
  const window = windowOf(input, scaled);
  const part = filledPart(window, scaled);
  return padded(enlarge({ data, ...info }, scaled, part, kernel), part, window, paddingOf(input));
}

function pipeline(picture: Sharp, input: PictureShape, format: PictureFormat, original?: Size): Sharp {
  const { width, height } = input.resize === 'cover' && original ? scaledSize(input, original) : wholeSize(input);
  picture
    .flatten({ background: '#fff' })
    .resize({
      width,
      height,
      fit: input.resize === 'contain' ? 'contain' : 'fill',
      kernel: input.kernel as Kernel,
      // A JPEG's is near to exact. libwebp's was up to 25 of 255 off, so that a WebP was answered unlike its PNG.
      fastShrinkOnLoad: format === 'jpeg',
      background: paddingOf(input) === 0 ? '#000' : '#fff',
      position: 'centre',
    })
    .toColourspace('srgb');
  // Cutting after resizing keeps shrink-on-load, which cutting first would switch off.
  if (width !== input.width || height !== input.height) {
    picture.extract(windowOf(input, { width, height }));
  }
  return picture;
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
