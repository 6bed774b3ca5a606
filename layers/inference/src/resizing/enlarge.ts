import type { PictureInput } from '../manifest.ts';
import type { Size, Window } from './frame.ts';
import type { Pixels } from './pixels.ts';

export type Kernel = Exclude<PictureInput['kernel'], 'canvas'>;

/** How far a kernel reaches, in pixels, and what it gives at a distance. */
interface Filter {
  readonly reach: number;
  readonly at: (distance: number) => number;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const FILTERS: Readonly<Record<Exclude<Kernel, 'nearest'>, Filter>> = {
  linear: { reach: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  // Keys' (1981) with a = -0.5.
  cubic: {
    reach: 2,
    at: (x) => {
      const d = Math.abs(x);
      if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
      return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
    },
  },
  lanczos3: { reach: 3, at: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Shares are counted in parts of two to so many, as Pillow counts them: what lies between two bytes then falls to the same one. */
const BITS = 22;
const ONE = 2 ** BITS;

/** The pixels of a row or column that each new pixel is mixed from. */
interface Mix {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** For each new pixel `most` of them, whether it has so many or not. */
  readonly shares: Int32Array;
  readonly most: number;
}

/**
 * Resizes as Pillow does, one side after the other, each to whole bytes: libvips lays an enlarged picture down half a pixel
 * off, so that photographs of 150 x 110 pixels at 224 x 224 were 3 to 4 of 255 off in the mean. A side that becomes smaller
 * beside one that becomes larger is first, and is mixed from all of its pixels.
 * @param scaled what the whole picture becomes @param window the part of it that is wanted
 */
export function enlarge(picture: Pixels, scaled: Size, window: Window, kernel: Kernel): Pixels {
  const columns = mixOf(picture.width, scaled.width, kernel, window.left, window.width);
  const rows = mixOf(picture.height, scaled.height, kernel, window.top, window.height);
  if (scaled.height < picture.height) return across(down(picture, rows), columns);
  return down(across(picture, columns), rows);
}

/** Of the pixels that `from` become `to`, so many behind those that are skipped. */
function mixOf(from: number, to: number, kernel: Kernel, skipped: number, wanted: number): Mix {
  const scale = from / to;
  if (kernel === 'nearest') return nearest(from, scale, skipped, wanted);
  const { reach, at } = FILTERS[kernel];
  const stretch = Math.max(scale, 1);
  const most = Math.ceil(reach * stretch) * 2 + 1;
  const mix = {
    first: new Int32Array(wanted),
    count: new Int32Array(wanted),
    shares: new Int32Array(wanted * most),
    most,
  };
  for (let i = 0; i < wanted; i++) {
    const middle = (skipped + i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(middle - reach * stretch + 0.5));
    const end = Math.min(from, Math.trunc(middle + reach * stretch + 0.5));
    const own = Array.from({ length: end - first }, (_, k) => at((first + k + 0.5 - middle) / stretch));
    const sum = own.reduce((all, share) => all + share, 0);
    mix.first[i] = first;
    mix.count[i] = own.length;
    mix.shares.set(
      own.map((share) => rounded((share / sum) * ONE)),
      i * most,
    );
  }
  return mix;
}

function nearest(from: number, scale: number, skipped: number, wanted: number): Mix {
  const first = new Int32Array(wanted);
  // Added up as there: a middle between two pixels falls to the same one.
  let at = scale / 2;
  for (let i = 0; i < skipped; i++) at += scale;
  for (let i = 0; i < wanted; i++, at += scale) first[i] = Math.min(from - 1, Math.floor(at));
  return { first, count: new Int32Array(wanted).fill(1), shares: new Int32Array(wanted).fill(ONE), most: 1 };
}

/** Halves away from zero. */
function rounded(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

function across(picture: Pixels, columns: Mix): Pixels {
  return picture.channels === 3 ? coloursAcross(picture, columns) : anyAcross(picture, columns);
}

/** The three colours side by side: most pictures have them, and one after the other takes twice the time. */
function coloursAcross({ data, width, height, channels }: Pixels, { first, count, shares, most }: Mix): Pixels {
  const wide = first.length;
  const result = new Uint8Array(wide * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < wide; x++) {
      const own = x * most;
      const end = own + (count[x] as number);
      let [red, green, blue] = [ONE / 2, ONE / 2, ONE / 2];
      for (let k = own, at = (y * width + (first[x] as number)) * 3; k < end; k++, at += 3) {
        const share = shares[k] as number;
        red = (red + Math.imul(data[at] as number, share)) | 0;
        green = (green + Math.imul(data[at + 1] as number, share)) | 0;
        blue = (blue + Math.imul(data[at + 2] as number, share)) | 0;
      }
      result[to] = byteOf(red);
      result[to + 1] = byteOf(green);
      result[to + 2] = byteOf(blue);
      to += 3;
    }
  }
  return { data: result, width: wide, height, channels };
}

function anyAcross({ data, width, height, channels }: Pixels, { first, count, shares, most }: Mix): Pixels {
  const wide = first.length;
  const result = new Uint8Array(wide * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < wide; x++) {
      const from = (y * width + (first[x] as number)) * channels;
      const own = x * most;
      const end = own + (count[x] as number);
      for (let c = 0; c < channels; c++) {
        let sum = ONE / 2;
        for (let k = own, at = from + c; k < end; k++, at += channels) {
          sum = (sum + Math.imul(data[at] as number, shares[k] as number)) | 0;
        }
        result[to++] = byteOf(sum);
      }
    }
  }
  return { data: result, width: wide, height, channels };
}

/** The rows of a picture are the cells of one row. */
function down({ data, width, height, channels }: Pixels, rows: Mix): Pixels {
  const row = { data, width: height, height: 1, channels: width * channels };
  return { data: anyAcross(row, rows).data, width, height: rows.first.length, channels };
}

/** Cubic and Lanczos reach beyond black and white. A clamped array would do it, in twice the time. */
function byteOf(sum: number): number {
  const value = sum >> BITS;
  return Math.max(0, Math.min(255, value));
}
