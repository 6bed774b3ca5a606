import { Jimp } from 'jimp';
import { namedStream } from '#system';
import type { Canvas } from './canvas.ts';

/** How the camera treats a drawing: focus, sensor noise, compression. */
export interface Development {
  /** Standard deviation of the noise, in levels of 0..255. */
  readonly noise: number;
  /** Out of focus by so many pixels; 0 is sharp. */
  readonly blur: number;
  readonly format: 'image/jpeg' | 'image/png';
  /** JPEG quality, 1..100. */
  readonly quality: number;
}

/** Three pictures in ten are a little out of focus, most are a little noisy. @param height of the picture, pixels. */
export function developmentOf(scene: string, height: number): Pick<Development, 'blur' | 'noise' | 'quality'> {
  const random = namedStream(`develop/${scene}`);
  const blur = random.chance(0.3) ? Math.max(1, Math.round(height * random.between(0.004, 0.009))) : 0;
  return { blur, noise: random.chance(0.75) ? random.between(1, 9) : 0, quality: random.integer(80, 94) };
}

/**
 * Turns a drawing into a picture file. The same drawing, scene and development give the same pixels everywhere; the
 * bytes of a PNG depend on the deflate of the Node that writes it.
 */
export async function develop(canvas: Canvas, scene: string, how: Development): Promise<Uint8Array> {
  const image = imageOf(canvas);
  if (how.blur > 0) image.blur(how.blur);
  const { data } = image.bitmap;
  if (how.noise > 0) {
    const random = namedStream(`noise/${scene}`);
    for (let at = 0; at < data.length; at += 4) {
      // Mostly brightness, some colour, as sensors do.
      const grey = random.bell() * how.noise;
      for (let channel = 0; channel < 3; channel++) {
        const level = (data[at + channel] as number) + grey + (random.uniform() - 0.5) * how.noise;
        data[at + channel] = Math.min(255, Math.max(0, Math.round(level)));
      }
    }
  }
  const file =
    how.format === 'image/jpeg'
      ? await image.getBuffer('image/jpeg', { quality: how.quality })
      : await image.getBuffer('image/png', { deflateLevel: 3, colorType: 2 });
  return new Uint8Array(file);
}

/** A drawing as it is, as a jimp picture. */
export function imageOf(canvas: Canvas) {
  const { width, height } = canvas;
  const data = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let channel = 0; channel < 3; channel++)
      data[pixel * 4 + channel] = Math.min(255, Math.max(0, Math.round(canvas.data[pixel * 3 + channel] as number)));
  return new Jimp({ width, height, data });
}
