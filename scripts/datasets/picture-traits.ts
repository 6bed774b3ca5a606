import { decodePicture, loadSharp, type PictureShape } from '@freezeframe/inference';
import { readPicture } from './folder/read-picture.ts';
import type { FoundPicture } from './folder/scan.ts';

/** Pictures that are looked at, at even distances: all of a set are as its others are. */
const LOOKED_AT = 48;
/** JPEG gives greys a little colour. */
const GREY = 8;
/** As little as shows what a picture is like, and that all of it can be decoded: nothing is cut off. */
export const GLANCE: PictureShape = {
  height: 32,
  width: 32,
  channels: 3,
  colour: 'rgb',
  resize: 'stretch',
  crop: 1,
  kernel: 'linear',
  invert: false,
};

/** What the pictures of a set are like. */
export interface PictureTraits {
  /** Median of their longer sides, in pixels. */
  readonly side: number;
  /** None of them shows a colour. */
  readonly grey: boolean;
}

/** Looks at some pictures; undefined where none can be read. */
export async function pictureTraits(pictures: readonly FoundPicture[]): Promise<PictureTraits | undefined> {
  const sharp = await loadSharp();
  const sides: number[] = [];
  let grey = true;
  const step = Math.max(1, Math.ceil(pictures.length / LOOKED_AT));
  for (let i = 0; i < pictures.length; i += step) {
    try {
      const bytes = await readPicture((pictures[i] as FoundPicture).path);
      const pixels = await decodePicture(bytes, GLANCE);
      const { width, height } = await sharp(bytes).metadata();
      sides.push(Math.max(width, height));
      grey &&= isGrey(pixels);
    } catch {
      // Training lists what cannot be read, with the reason.
    }
  }
  sides.sort((a, b) => a - b);
  const side = sides[Math.floor(sides.length / 2)];
  return side === undefined ? undefined : { side, grey };
}

function isGrey(pixels: Uint8Array): boolean {
  for (let i = 0; i < pixels.length; i += 3) {
    const [red, green, blue] = pixels.subarray(i, i + 3) as unknown as [number, number, number];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > GREY) return false;
  }
  return true;
}
