/** The formats that are decoded. Content decides, never a file name or a media type. */
export const PICTURE_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;

export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** The format that the first bytes announce, or undefined for anything that is not accepted. */
export function sniffPicture(bytes: Uint8Array): PictureFormat | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (offset: number, text: string) => view.toString('latin1', offset, offset + text.length) === text;
  if (at(0, '\xff\xd8\xff')) return 'jpeg';
  if (at(0, '\x89PNG\r\n\x1a\n')) return 'png';
  if (at(0, 'RIFF') && at(8, 'WEBP')) return 'webp';
  if (at(0, 'GIF87a') || at(0, 'GIF89a')) return 'gif';
  if (at(0, 'II*\0') || at(0, 'MM\0*') || at(0, 'II+\0') || at(0, 'MM\0+')) return 'tiff';
  if (at(4, 'ftyp') && isAvif(view)) return 'avif';
  return undefined;
}

/** Brands of the `ftyp` box of HEIF files: a box lists what may read the file. */
const AVIF_BRANDS = ['avif', 'avis'];
const HEIC_BRANDS = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1'];

function isAvif(view: Buffer): boolean {
  return brandsOf(view).some((brand) => AVIF_BRANDS.includes(brand));
}

function brandsOf(view: Buffer): string[] {
  const end = Math.min(view.length, view.length >= 4 ? view.readUInt32BE(0) : 0, 256);
  const brands: string[] = [];
  for (let offset = 8; offset + 4 <= end; offset += 4) {
    // At 12 stands the minor version, which is not a brand.
    if (offset !== 12) brands.push(view.toString('latin1', offset, offset + 4));
  }
  return brands;
}

/** First bytes of what people send and is not decoded, so that an error can say what it is. */
const OTHERS: readonly (readonly [begins: string, name: string])[] = [
  ['BM', 'a BMP picture'],
  ['\xff\x0a', 'a JPEG XL picture'],
  ['\0\0\0\x0cJXL ', 'a JPEG XL picture'],
  ['\0\0\0\x0cjP  ', 'a JPEG 2000 picture'],
  ['\xff\x4f\xff\x51', 'a JPEG 2000 picture'],
  ['\0\0\x01\0', 'an icon (ICO)'],
  ['8BPS', 'a Photoshop file'],
  ['%PDF', 'a PDF'],
  ['qoif', 'a QOI picture'],
  ['\x76\x2f\x31\x01', 'an OpenEXR picture'],
  ['#?RADIANCE', 'a Radiance HDR picture'],
  ['FUJIFILMCCD-RAW', 'a camera raw file'],
  ['IIRO', 'a camera raw file'],
  ['IIU\0', 'a camera raw file'],
  ['\x1a\x45\xdf\xa3', 'a video'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['\x1f\x8b', 'a gzip file'],
];

/** What content is that {@link sniffPicture} does not accept, in words. */
export function nameOther(bytes: Uint8Array): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 512));
  const start = view.toString('latin1');
  if (start.startsWith('ftyp', 4)) {
    if (brandsOf(view).some((brand) => HEIC_BRANDS.includes(brand))) return 'a HEIC picture';
    return start.startsWith('crx ', 8) ? 'a camera raw file' : 'a video';
  }
  const known = OTHERS.find(([begins]) => start.startsWith(begins));
  if (known) return known[1];
  if (/^P[1-7][\s#]/.test(start)) return 'a Netpbm picture (PBM, PGM, PPM)';
  const text = start
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (/^(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)?(<!doctype svg[^>]*>\s*)?<svg/.test(text)) return 'an SVG drawing';
  if (/^<(!doctype html|html|head|body)/.test(text)) return 'a web page (HTML)';
  return 'content that is none of them';
}

/** What the header says. `other` names a way of writing JPEGs that is not decoded. */
export interface QuickHeader {
  width: number;
  height: number;
  other?: string | undefined;
}

/**
 * What the header says in a fixed place (PNG) or a few markers away (JPEG); undefined where only the decoder knows.
 * Asking the decoder costs 0.6 ms, a fifth of decoding a small picture.
 */
export function quickHeader(bytes: Uint8Array, format: PictureFormat): QuickHeader | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'png' && view.length >= 24 && view.toString('latin1', 12, 16) === 'IHDR') {
    return { width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
  }
  return format === 'jpeg' ? jpegHeader(view) : undefined;
}

interface JpegMarker {
  marker: number;
  /** Of its 0xff. */
  offset: number;
}

const [SOI, EOI, SOS, TEM] = [0xd8, 0xd9, 0xda, 0x01];

/**
 * The markers of a JPEG in their order. Segments are stepped over whole: an EXIF thumbnail within one has markers of its
 * own. Ends at the end marker, or where the file does.
 */
function* jpegMarkers(view: Buffer): Generator<JpegMarker> {
  let offset = 0;
  while (offset + 1 < view.length) {
    const marker = view[offset + 1] as number;
    // Within a scan other bytes are data, and so is 0xff00; 0xffff is padding.
    if (view[offset] !== 0xff) {
      const next = view.indexOf(0xff, offset + 1);
      if (next < 0) return;
      offset = next;
      continue;
    }
    if (marker === 0x00 || marker === 0xff) {
      offset += marker === 0x00 ? 2 : 1;
      continue;
    }
    yield { marker, offset };
    if (marker === EOI) return;
    const alone = marker === SOI || marker === TEM || (marker >= 0xd0 && marker <= 0xd7);
    offset += 2;
    if (!alone) offset += offset + 2 <= view.length ? Math.max(2, view.readUInt16BE(offset)) : view.length;
  }
}

/** The frame header: SOF0..SOF15, but for the tables C4, C8 and CC; F7 is that of JPEG-LS. */
function jpegHeader(view: Buffer): QuickHeader | undefined {
  for (const { marker, offset } of jpegMarkers(view)) {
    if (marker === SOS) return undefined;
    const table = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
    if (((marker < 0xc0 || marker > 0xcf) && marker !== 0xf7) || table) continue;
    if (offset + 9 > view.length) return undefined;
    return {
      width: view.readUInt16BE(offset + 7),
      height: view.readUInt16BE(offset + 5),
      other: otherJpeg(marker, view[offset + 4] as number),
    };
  }
  return undefined;
}

function otherJpeg(marker: number, bits: number): string | undefined {
  if (marker === 0xf7) return 'a JPEG-LS picture';
  if ([0xc3, 0xc7, 0xcb, 0xcf].includes(marker)) return 'a lossless JPEG';
  return bits === 8 ? undefined : `a JPEG of ${bits} bits a sample`;
}

/**
 * Whether the file ends before its own structure does. Asked only after decoding has failed: it chooses the error's
 * code by looking at the file, because the decoder's messages are not stable.
 */
export function looksTruncated(bytes: Uint8Array, format: PictureFormat): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'jpeg':
      return !jpegIsWhole(view);
    case 'png':
      return view.lastIndexOf('IEND', undefined, 'latin1') < 0;
    case 'webp':
      return view.length < 12 || view.readUInt32LE(4) + 8 > view.length;
    case 'gif':
      return view.length < 14 || view[view.length - 1] !== 0x3b;
    case 'avif':
      return avifEndsEarly(view);
    case 'tiff':
      return tiffEndsEarly(view);
  }
}

/** Whether a scan comes, and the end marker after it. */
function jpegIsWhole(view: Buffer): boolean {
  let scan = false;
  for (const { marker } of jpegMarkers(view)) {
    if (marker === SOS) scan = true;
    if (marker === EOI) return scan;
  }
  return false;
}

function avifEndsEarly(view: Buffer): boolean {
  let offset = 0;
  while (offset + 8 <= view.length) {
    const size = view.readUInt32BE(offset);
    if (size === 0) return false; // until the end of the file
    if (size === 1 || size < 8) return false; // a 64-bit or impossible size: not for this check to judge
    offset += size;
  }
  return offset !== view.length;
}

/** Follows only the first directory's position: a file cut before it has no picture at all. */
function tiffEndsEarly(view: Buffer): boolean {
  if (view.length < 8) return true;
  const little = view[0] === 0x49;
  const directory = little ? view.readUInt32LE(4) : view.readUInt32BE(4);
  return directory + 2 > view.length;
}
