import type { PictureInput } from '../manifest.ts';
import type { Heatmap } from './grid.ts';
import { encodePng, PngRows } from './png.ts';
import { spread } from './spread.ts';

/**
 * Viridis at equal distances (S. van der Walt and N. Smith, CC0): as much lighter as the value is larger, so that it reads
 * the same for colour-blind people and in grey.
 */
const VIRIDIS = [
  [0x44, 0x01, 0x54],
  [0x48, 0x28, 0x78],
  [0x3e, 0x4a, 0x89],
  [0x31, 0x68, 0x8e],
  [0x26, 0x82, 0x8e],
  [0x1f, 0x9e, 0x89],
  [0x35, 0xb7, 0x79],
  [0x6e, 0xce, 0x58],
  [0xb5, 0xde, 0x2b],
  [0xfd, 0xe7, 0x25],
] as const;

/** Small pictures are enlarged to about so many pixels, each pixel of the model's to a square. */
const SIDE = 224;
/** The picture lies below in grey, so that every colour is the map's. */
const COLOUR_SHARE = 0.6;
/** Of whole numbers that stand for fractions. */
const ONE = 2 ** 16;

/**
 * A heat map on the picture as the model saw it.
 * @param pixels uint8 [height, width, channels], as `decodePicture` makes them.
 * @returns a PNG of a whole multiple of the model's size: of that size itself from 113 pixels on.
 */
export function drawOverlay(pixels: Uint8Array, input: PictureInput, heatmap: Heatmap): Promise<Uint8Array> {
  const { width, height } = input;
  const heat = spread(heatmap, width, height);
  colours ??= makeColours();
  const times = Math.max(1, Math.floor(SIDE / Math.max(width, height)));
  const drawn = new PngRows(width * times, height * times);
  const { bytes, stride } = drawn;
  const [first, second, third] = lightShares(input);
  const step = input.channels;
  // Whole numbers throughout: a tenth of a request is one millisecond, and pixels are many.
  for (let y = 0; y < height; y++) {
    const row = y * times * stride;
    for (let x = 0, at = row + 1; x < width; x++) {
      const i = y * width + x;
      const p = i * step;
      const light =
        first * (pixels[p] as number) +
        (step === 1 ? 0 : second * (pixels[p + 1] as number) + third * (pixels[p + 2] as number));
      const colour = byteOf(heat[i] as number) * 3;
      const red = (light + (colours[colour] as number)) >> 16;
      const green = (light + (colours[colour + 1] as number)) >> 16;
      const blue = (light + (colours[colour + 2] as number)) >> 16;
      for (const end = at + 3 * times; at < end; at += 3) {
        bytes[at] = red;
        bytes[at + 1] = green;
        bytes[at + 2] = blue;
      }
    }
    for (let time = 1; time < times; time++) bytes.copyWithin(row + time * stride, row, row + stride);
  }
  return encodePng(drawn);
}

function byteOf(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
}

/** Of the light in each channel, in 65536ths: Rec. 601, as grey pictures are made for models. */
function lightShares({ channels, colour }: PictureInput): readonly [number, number, number] {
  const whole = (share: number) => Math.round(share * (1 - COLOUR_SHARE) * ONE);
  if (channels === 1) return [whole(1), 0, 0];
  const [red, green, blue] = [whole(0.299), whole(0.587), whole(0.114)];
  return colour === 'bgr' ? [blue, green, red] : [red, green, blue];
}

let colours: Int32Array | undefined;

/** What each byte of a map adds to a pixel in 65536ths, three numbers each, half of one for rounding. */
function makeColours(): Int32Array {
  const table = new Int32Array(256 * 3);
  for (let byte = 0; byte < 256; byte++) {
    const place = (byte / 255) * (VIRIDIS.length - 1);
    const index = Math.min(VIRIDIS.length - 2, Math.floor(place));
    const [from, to] = [VIRIDIS[index], VIRIDIS[index + 1]] as [readonly number[], readonly number[]];
    const mixed = from.map((value, channel) => value + ((to[channel] as number) - value) * (place - index));
    table.set(
      mixed.map((value) => Math.round(value) * COLOUR_SHARE * ONE + ONE / 2),
      byte * 3,
    );
  }
  return table;
}
