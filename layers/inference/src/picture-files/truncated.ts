import type { PictureFormat } from '../picture-format.ts';
import { EOI, jpegMarkers, SOS } from './jpeg.ts';
import { tiffEndsEarly } from './tiff.ts';

/**
 * Whether the file ends before its own structure does. Asked only after decoding has failed: it chooses the error's
 * code by looking at the file, because the decoder's messages are not stable.
 */
export function looksTruncated(bytes: Uint8Array, format: PictureFormat): boolean {
  return ENDS_EARLY[format](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

const ENDS_EARLY: Record<PictureFormat, (view: Buffer) => boolean> = {
  jpeg: jpegEndsEarly,
  png: pngEndsEarly,
  webp: (view) => view.length < 12 || view.readUInt32LE(4) + 8 > view.length,
  gif: gifEndsEarly,
  avif: avifEndsEarly,
  tiff: tiffEndsEarly,
};

/** Unless a scan comes, and the end marker after it. */
function jpegEndsEarly(view: Buffer): boolean {
  let scan = false;
  for (const { marker } of jpegMarkers(view)) {
    if (marker === SOS) scan = true;
    if (marker === EOI) return !scan;
  }
  return true;
}

/** Chunk by chunk: the letters IEND may stand in a comment. A length that was damaged leads past an end that is there. */
function pngEndsEarly(view: Buffer): boolean {
  const isEnd = (offset: number) => view.toString('latin1', offset + 4, offset + 8) === 'IEND';
  let offset = 8;
  while (offset + 8 <= view.length && !isEnd(offset)) offset += 12 + view.readUInt32BE(offset);
  return offset + 8 > view.length && !isEnd(view.length - 12);
}

const [GIF_EXTENSION, GIF_IMAGE, GIF_TRAILER] = [0x21, 0x2c, 0x3b];

/** Block by block: the trailer's byte may stand anywhere in the data. */
function gifEndsEarly(view: Buffer): boolean {
  const colours = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let offset = 13 + colours(view[10] ?? 0);
  for (let block = view[offset]; block !== GIF_TRAILER; block = view[offset]) {
    if (block === undefined) return true;
    if (block === GIF_IMAGE) offset += 11 + colours(view[offset + 9] ?? 0);
    else if (block === GIF_EXTENSION) offset += 2;
    else return false; // no block: damaged
    // Sub-blocks, each behind its length, until one of no bytes.
    while (view[offset]) offset += 1 + (view[offset] as number);
    offset += 1;
  }
  return false;
}

/** Box by box. Where the file ends with a box, pixels that were described have to be there. */
function avifEndsEarly(view: Buffer): boolean {
  let offset = 0;
  const boxes = new Set<string>();
  while (offset + 8 <= view.length) {
    const short = view.readUInt32BE(offset);
    if (short === 0) return false; // until the end of the file
    if (short === 1 && offset + 16 > view.length) return true;
    const size = short === 1 ? Number(view.readBigUInt64BE(offset + 8)) : short;
    if (size < 8) return false; // no size: damaged
    boxes.add(view.toString('latin1', offset + 4, offset + 8));
    offset += size;
  }
  return offset !== view.length || (boxes.has('meta') && !boxes.has('mdat'));
}
