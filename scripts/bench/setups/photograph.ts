import sharp, { type Sharp } from 'sharp';

/**
 * Rings with grain: grain compresses like a photograph, and MobileNetV2 is sure of a spiral at every size (0.6 to 0.8), so that
 * a wrong answer shows. The same bytes each time.
 */
export function photograph(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    const radius = Math.hypot(x - width / 2, y - height / 2) / height;
    pixels[i] = 120 + 100 * Math.sin(radius * 80) + (state >> 24) / 8;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}
