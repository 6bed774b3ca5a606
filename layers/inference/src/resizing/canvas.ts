import type { PictureInput } from '../manifest.ts';
import type { Pixels } from './pixels.ts';

/** Where a picture is drawn: scaled to `scaled`, and its part from `left`, `top` on is kept. */
interface Placement {
  readonly width: number;
  readonly height: number;
  readonly scaled: { readonly width: number; readonly height: number };
  readonly left: number;
  readonly top: number;
}

/**
 * Draws a picture smaller or larger as the canvas of a browser does, so that a model that was trained in one sees the same:
 * halved while twice as large as wanted, then two by two neighbours mixed in sixteenths, what is beyond an edge being the
 * edge. Chromium 14x (Skia without a GPU) gives the same bytes but for one in the last place.
 * What is transparent is black, as a canvas is; colours that shine through keep their own.
 * @returns RGB, row by row
 */
export function drawOnCanvas(picture: Pixels, { width, height, scaled, left, top }: Placement): Uint8Array {
  const source = nearerTo(premultiplied(picture), scaled);
  const drawn = mixed(
    source,
    cells(width, left, source.width, scaled.width),
    cells(height, top, source.height, scaled.height),
  );
  const { data, channels } = drawn;
  const [clear, grey] = [channels % 2 === 0, channels < 3];
  const result = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const from = i * channels;
    const alpha = clear ? (data[from + channels - 1] as number) : 255;
    for (let c = 0; c < 3; c++) result[i * 3 + c] = ownColour(data[from + (grey ? 0 : c)] as number, alpha);
  }
  return result;
}

/** How a picture of some size is put onto a canvas; its middle is kept. */
export function placementOf(
  picture: { readonly width: number; readonly height: number },
  { width, height, resize, crop }: Pick<PictureInput, 'width' | 'height' | 'resize' | 'crop'>,
): Placement {
  const [across, down] = [Math.round(width / crop) / picture.width, Math.round(height / crop) / picture.height];
  const most = Math.max(across, down);
  // Teachable Machine's library rounds up what sticks out, and rounds down where it begins.
  const [w, h] = resize === 'stretch' ? [across, down] : [most, most];
  const scaled = { width: Math.ceil(picture.width * w), height: Math.ceil(picture.height * h) };
  const left = Math.trunc((scaled.width - width) / 2);
  const top = Math.trunc((scaled.height - height) / 2);
  return { width, height, scaled, left, top };
}

function ownColour(value: number, alpha: number): number {
  if (alpha === 255) return value;
  return alpha === 0 ? 0 : Math.min(255, Math.round((value * 255) / alpha));
}

/** Into how many parts the way from one cell to the next is divided. */
const SIXTEENTHS = 16;
const EXACT = 2 ** 20;

/** Two neighbours, and the second's share of them. */
interface Cell {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** For each of the cells that are kept, those that it lies between. */
function cells(count: number, skipped: number, from: number, to: number, parts = SIXTEENTHS): Cell[] {
  const within = (cell: number) => Math.min(from - 1, Math.max(0, cell));
  return Array.from({ length: count }, (_, i) => {
    const at = ((i + skipped + 0.5) * from) / to - 0.5;
    const first = Math.floor(at);
    return { first: within(first), second: within(first + 1), share: Math.floor((at - first) * parts) / parts };
  });
}

/** Each pixel from its two by two neighbours. */
function mixed(
  { data, width, channels }: Pixels,
  across: readonly Cell[],
  down: readonly Cell[],
  rounding = 0,
): Pixels {
  const result = new Uint8Array(across.length * down.length * channels);
  let to = 0;
  for (const { first: up, second: low, share: lower } of down) {
    for (const { first: left, second: right, share } of across) {
      for (let c = 0; c < channels; c++) {
        const at = (y: number, x: number) => data[(y * width + x) * channels + c] as number;
        const above = at(up, left) * (1 - share) + at(up, right) * share;
        const below = at(low, left) * (1 - share) + at(low, right) * share;
        result[to++] = Math.floor(above * (1 - lower) + below * lower + rounding);
      }
    }
  }
  return { data: result, width: across.length, height: down.length, channels };
}

/** Colours as much as they are seen; those of opaque pictures as they are. */
function premultiplied(picture: Pixels): Pixels {
  const { channels } = picture;
  if (channels % 2 === 1) return picture;
  const data = Uint8Array.from(picture.data);
  for (let i = 0; i < data.length; i += channels) {
    const alpha = data[i + channels - 1] as number;
    for (let c = 0; c < channels - 1; c++) data[i + c] = Math.round(((data[i + c] as number) * alpha) / 255);
  }
  return { ...picture, data };
}

/**
 * The picture divided by two as often as it stays no smaller than wanted, sides rounded up: what Chromium keeps of it to draw
 * from. Skia halves with sides rounded down, and mixes what is missing.
 */
function nearerTo(picture: Pixels, wanted: Placement['scaled']): Pixels {
  const side = (length: number, level: number) => Math.ceil(length / 2 ** level);
  let level = 0;
  while (side(picture.width, level + 1) >= wanted.width && side(picture.height, level + 1) >= wanted.height) level++;
  const [width, height] = [side(picture.width, level), side(picture.height, level)];
  const scale = Math.sqrt((width / picture.width) * (height / picture.height));
  let result = picture;
  for (let i = Math.floor(-Math.log2(scale)); i > 0; i--) result = half(result);
  if (result.width === width && result.height === height) return result;
  return mixed(
    result,
    cells(width, 0, result.width, width, EXACT),
    cells(height, 0, result.height, height, EXACT),
    0.5,
  );
}

/** The mean of two by two pixels; of an odd side three neighbours, the middle one twice. */
function half({ data, width, height, channels }: Pixels): Pixels {
  const [w, h] = [width >> 1, height >> 1];
  const taps = (side: number) => (side % 2 === 0 ? [1, 1] : [1, 2, 1]);
  const [across, down] = [taps(width), taps(height)];
  const sum = (list: number[]) => list.reduce((total, tap) => total + tap, 0);
  const shift = Math.log2(sum(across) * sum(down));
  const result = new Uint8Array(w * h * channels);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let c = 0; c < channels; c++) {
        let total = 0;
        for (let v = 0; v < down.length; v++) {
          for (let u = 0; u < across.length; u++) {
            const at = ((2 * y + v) * width + 2 * x + u) * channels + c;
            total += (down[v] as number) * (across[u] as number) * (data[at] as number);
          }
        }
        result[(y * w + x) * channels + c] = total >> shift;
      }
    }
  }
  return { data: result, width: w, height: h, channels };
}
