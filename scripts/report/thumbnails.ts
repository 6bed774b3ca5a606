import { readFile } from 'node:fs/promises';
import { decodePicture } from '@freezeframe/inference';
import sharp from 'sharp';
import type { ReportPicture } from './report-input.ts';

/** Pixels of a side: sharp enough for the 8 rem that a picture gets on a page. */
const SIDE = 160;
/** All thumbnails together, as text. With charts, tables and names a report stays below 8 MB. */
const MOST_CHARACTERS = 5_000_000;
const MOST_PICTURES = 600;
/** Each holds a decoded photograph of up to 150 MB. */
const AT_ONCE = 2;

/** Where a picture's bytes are. */
type Source = Pick<ReportPicture, 'path' | 'read'>;

export type Thumbnails = ReadonlyMap<Source, string>;

/**
 * Small JPEGs as `data:` addresses, for as many pictures as there is room for; a file that cannot be read gets none.
 * @param places a picture for each place it is shown at, the most important first
 */
export async function makeThumbnails(places: readonly Source[]): Promise<Thumbnails> {
  const times = new Map<Source, number>();
  for (const picture of places) times.set(picture, (times.get(picture) ?? 0) + 1);
  const waiting = [...times.keys()].slice(0, MOST_PICTURES);
  const made = new Map<Source, string>();
  let room = MOST_CHARACTERS;
  for (let start = 0; start < waiting.length && room > 0; start += AT_ONCE) {
    const pictures = waiting.slice(start, start + AT_ONCE);
    const addresses = await Promise.all(pictures.map(thumbnail));
    for (const [index, picture] of pictures.entries()) {
      const address = addresses[index];
      if (address === undefined) continue;
      room -= address.length * (times.get(picture) ?? 1);
      if (room > 0) made.set(picture, address);
    }
  }
  return made;
}

/** Decoded as for a model, with the guards against hostile files; the whole picture on a black square. */
async function thumbnail({ path, read }: Source): Promise<string | undefined> {
  try {
    const bytes = read ? await read() : path === undefined ? undefined : await readFile(path);
    if (bytes === undefined) return undefined;
    const pixels = await decodePicture(bytes, {
      height: SIDE,
      width: SIDE,
      channels: 3,
      colour: 'rgb',
      resize: 'contain',
      crop: 1,
      kernel: 'cubic',
      invert: false,
    });
    const jpeg = await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .jpeg({ quality: 70, mozjpeg: true })
      .toBuffer();
    return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
  } catch {
    // A file may have gone since it was answered. The report says everything else about it.
    return undefined;
  }
}
