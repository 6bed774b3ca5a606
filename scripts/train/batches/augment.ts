import { type Random, stream } from '#system';

/** What may be done to a training picture. All of it is drawn anew for each picture in each epoch. */
export interface AugmentOptions {
  /** Mirrored left to right, every other time. Not for digits and letters. */
  readonly flip?: boolean;
  /** Largest shift, as a share of height and width. */
  readonly shift?: number;
  /** Largest turn in degrees, either way. */
  readonly rotate?: number;
  /** Largest change of brightness: 0.2 makes 0.8 to 1.2 times as bright. */
  readonly brightness?: number;
  /** Largest change of size: 0.1 makes it 0.9 to 1.1 times as large. */
  readonly scale?: number;
  /** Largest slant, across for each cell down: 0.2 leans by a fifth of the height. */
  readonly shear?: number;
}

export interface PictureSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Whether these options change a picture at all. */
export function augments(options: AugmentOptions | undefined): options is AugmentOptions {
  if (!options) return false;
  const { flip, shift, rotate, brightness, scale, shear } = options;
  return Boolean(flip || shift || rotate || brightness || scale || shear);
}

/**
 * Writes a varied copy of one picture (uint8, height, width, channels). Cells from outside the picture are those of its
 * edge. The same random stream gives the same picture.
 */
export function augmentPicture(
  source: Uint8Array,
  target: Uint8Array,
  { height, width, channels }: PictureSize,
  options: AugmentOptions,
  random: Random,
): void {
  // Everything is drawn before anything is done: switching one option leaves the others' draws as they were.
  const mirror = random.uniform() < 0.5 && options.flip ? -1 : 1;
  const angle = (random.between(-1, 1) * (options.rotate ?? 0) * Math.PI) / 180;
  const down = random.between(-1, 1) * (options.shift ?? 0) * height;
  const across = random.between(-1, 1) * (options.shift ?? 0) * width;
  const gain = 1 + random.between(-1, 1) * (options.brightness ?? 0);
  const size = 1 + random.between(-1, 1) * (options.scale ?? 0);
  const slant = random.between(-1, 1) * (options.shear ?? 0);
  const [sin, cos] = [Math.sin(angle) / size, Math.cos(angle) / size];
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  const row = width * channels;
  const [lastX, lastY] = [width - 1, height - 1];
  let at = 0;
  for (let y = 0; y < height; y++) {
    const dy = y - middleY - down;
    for (let x = 0; x < width; x++) {
      // Where this cell comes from: the movement backwards.
      const dx = x - middleX - across - slant * dy;
      const fromX = clamp(mirror * (cos * dx + sin * dy) + middleX, lastX);
      const fromY = clamp(cos * dy - sin * dx + middleY, lastY);
      // Both are positive: cutting off is rounding down.
      const left = fromX | 0;
      const top = fromY | 0;
      const shareX = fromX - left;
      const shareY = fromY - top;
      // 65,536ths, so that the inner loop has whole numbers alone: it runs 12,288 times for a picture of 64 x 64.
      const lowerRight = (shareX * shareY * 65536 * gain) | 0;
      const lowerLeft = ((1 - shareX) * shareY * 65536 * gain) | 0;
      const upperRight = (shareX * (1 - shareY) * 65536 * gain) | 0;
      const upperLeft = ((1 - shareX) * (1 - shareY) * 65536 * gain) | 0;
      const first = top * row + left * channels;
      const right = left < lastX ? channels : 0;
      const below = top < lastY ? row : 0;
      for (let c = 0; c < channels; c++) {
        const from = first + c;
        const sum =
          (source[from] as number) * upperLeft +
          (source[from + right] as number) * upperRight +
          (source[from + below] as number) * lowerLeft +
          (source[from + below + right] as number) * lowerRight;
        const value = (sum + 32768) >> 16;
        target[at++] = Math.min(value, 255);
      }
    }
  }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}

/** What the thread that varies pictures is told once. */
export interface AugmentSetup {
  /** All pictures, shared: the thread reads, nobody writes. */
  readonly pixels: SharedArrayBuffer;
  readonly size: PictureSize;
  readonly options: AugmentOptions;
  readonly seed: number;
}

export interface AugmentJob {
  readonly epoch: number;
  readonly chosen: Uint32Array;
}

/** Varied copies of the chosen pictures, each by a stream of its own: who prepares them, and when, changes nothing. */
export function augmentBatch(
  pixels: Uint8Array,
  chosen: Uint32Array,
  size: PictureSize,
  options: AugmentOptions,
  seed: number,
  epoch: number,
): Uint8Array<ArrayBuffer> {
  const cells = size.height * size.width * size.channels;
  const result = new Uint8Array(chosen.length * cells);
  for (let i = 0; i < chosen.length; i++) {
    const index = chosen[i] as number;
    const target = result.subarray(i * cells, (i + 1) * cells);
    const random = stream(seed, 'augment', epoch, index);
    augmentPicture(pixels.subarray(index * cells, (index + 1) * cells), target, size, options, random);
  }
  return result;
}
