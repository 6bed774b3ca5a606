/** What the header says. `other` names a way of writing JPEGs that is not decoded. */
export interface QuickHeader {
  width: number;
  height: number;
  other?: string | undefined;
}

interface JpegMarker {
  marker: number;
  /** Of its 0xff. */
  offset: number;
}

export const [EOI, SOS] = [0xd9, 0xda];
const [SOI, TEM] = [0xd8, 0x01];

/**
 * The markers of a JPEG in their order. Segments are stepped over whole: an EXIF thumbnail within one has markers of its
 * own. Ends at the end marker, or where the file does.
 */
export function* jpegMarkers(view: Buffer): Generator<JpegMarker> {
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
export function jpegHeader(view: Buffer): QuickHeader | undefined {
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
