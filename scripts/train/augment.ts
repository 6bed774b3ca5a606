import type { Random } from './random.ts';

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
}

export interface PictureSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Whether these options change a picture at all. */
export function augments(options: AugmentOptions | undefined): options is AugmentOptions {
  return Boolean(options && (options.flip || options.shift || options.rotate || options.brightness));
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
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Where this cell comes from: the movement backwards.
      const dx = x - middleX - across;
      const dy = y - middleY - down;
      const fromX = clamp(mirror * (cos * dx + sin * dy) + middleX, width - 1);
      const fromY = clamp(cos * dy - sin * dx + middleY, height - 1);
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      const shareX = fromX - left;
      const shareY = fromY - top;
      const right = left + (shareX > 0 ? 1 : 0);
      const bottom = top + (shareY > 0 ? 1 : 0);
      for (let c = 0; c < channels; c++) {
        const cell = (row: number, column: number) => source[(row * width + column) * channels + c] as number;
        const upper = cell(top, left) * (1 - shareX) + cell(top, right) * shareX;
        const lower = cell(bottom, left) * (1 - shareX) + cell(bottom, right) * shareX;
        target[at++] = clamp((upper * (1 - shareY) + lower * shareY) * gain + 0.5, 255);
      }
    }
  }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}
