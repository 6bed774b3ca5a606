import type { PictureInput } from '../manifest.ts';
import { loadSharp } from '../native.ts';
import type { Heatmap } from './grid.ts';

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
const SIDE = 448;
/** The picture lies below in grey, so that every colour is the map's. */
const COLOUR_SHARE = 0.6;

/**
 * A heat map on the picture as the model saw it.
 * @param pixels uint8 [height, width, channels], as `decodePicture` makes them.
 * @returns a PNG of a whole multiple of the model's size.
 */
export async function drawOverlay(pixels: Uint8Array, input: PictureInput, heatmap: Heatmap): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, channels } = input;
  const heat = await spread(heatmap, width, height);
  const drawn = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const light = channels === 1 ? (pixels[i] as number) : luma(pixels, i * 3, input.colour === 'bgr');
    const colour = colourAt((heat[i] as number) / 255);
    for (const [channel, value] of colour.entries()) {
      drawn[i * 3 + channel] = Math.round(light * (1 - COLOUR_SHARE) + value * COLOUR_SHARE);
    }
  }
  const times = Math.max(1, Math.floor(SIDE / Math.max(width, height)));
  return sharp(drawn, { raw: { width, height, channels: 3 } })
    .resize(width * times, height * times, { kernel: 'nearest' })
    .png()
    .toBuffer();
}

/** The map as bytes over the whole picture, smooth from part to part. */
async function spread({ values, scale: { low, high } }: Heatmap, width: number, height: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const flat = values.flat();
  const range = high - low;
  const parts = Uint8Array.from(flat, (value) =>
    range > 0 ? Math.round(255 * Math.min(1, Math.max(0, (value - low) / range))) : 0,
  );
  const raw = { width: flat.length / values.length, height: values.length, channels: 1 } as const;
  return sharp(parts, { raw })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .toColourspace('b-w')
    .raw({ depth: 'uchar' })
    .toBuffer();
}

/** Rec. 601, as grey pictures are made for models. */
function luma(pixels: Uint8Array, at: number, isBgr: boolean): number {
  const [first = 0, green = 0, last = 0] = pixels.subarray(at, at + 3);
  const [red, blue] = isBgr ? [last, first] : [first, last];
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** @param share 0..1 */
function colourAt(share: number): number[] {
  const place = share * (VIRIDIS.length - 1);
  const index = Math.min(VIRIDIS.length - 2, Math.floor(place));
  const [from, to] = [VIRIDIS[index], VIRIDIS[index + 1]] as [readonly number[], readonly number[]];
  return from.map((value, channel) => value + ((to[channel] as number) - value) * (place - index));
}
