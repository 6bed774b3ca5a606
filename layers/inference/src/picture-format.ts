import { jpegHeader, type QuickHeader } from './picture-files/jpeg.ts';

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
  ['II\xbc', 'a JPEG XR picture'],
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
