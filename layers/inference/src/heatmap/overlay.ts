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
  const { width, height } = input;
  const heat = await spread(heatmap, width, height);
  colours ??= makeColours();
  const drawn = new Uint8Array(width * height * 3);
  for (let i = 0; i < heat.length; i++) {
    const light = lightAt(pixels, i, input) * (1 - COLOUR_SHARE);
    const colour = (heat[i] as number) * 3;
    for (let channel = 0; channel < 3; channel++) {
      drawn[i * 3 + channel] = Math.round(light + (colours[colour + channel] as number) * COLOUR_SHARE);
    }
  }
  const times = Math.max(1, Math.floor(SIDE / Math.max(width, height)));
  const picture = sharp(drawn, { raw: { width, height, channels: 3 } });
  if (times > 1) picture.resize(width * times, height * times, { kernel: 'nearest' });
  // A tenth larger than with level 6, in half the time.
  return picture.png({ compressionLevel: 1 }).toBuffer();
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
function lightAt(pixels: Uint8Array, pixel: number, { channels, colour }: PictureInput): number {
  if (channels === 1) return pixels[pixel] as number;
  const [red, blue] = colour === 'bgr' ? [2, 0] : [0, 2];
  const at = pixel * 3;
  return (
    0.299 * (pixels[at + red] as number) + 0.587 * (pixels[at + 1] as number) + 0.114 * (pixels[at + blue] as number)
  );
}

let colours: Uint8Array | undefined;

/** The colour of each byte of a map, three bytes each. */
function makeColours(): Uint8Array {
  const table = new Uint8Array(256 * 3);
  for (let byte = 0; byte < 256; byte++) {
    const place = (byte / 255) * (VIRIDIS.length - 1);
    const index = Math.min(VIRIDIS.length - 2, Math.floor(place));
    const [from, to] = [VIRIDIS[index], VIRIDIS[index + 1]] as [readonly number[], readonly number[]];
    const mixed = from.map((value, channel) => value + ((to[channel] as number) - value) * (place - index));
    table.set(mixed.map(Math.round), byte * 3);
  }
  return table;
}
