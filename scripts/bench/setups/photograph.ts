import sharp, { type Sharp } from 'sharp';

/** Smooth noise compresses like a photograph; plain colours would flatter the decoder. */
export function photograph(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    const x = Math.floor(i / 3) % width;
    pixels[i] = 90 + 60 * Math.sin(x / 97 + (i % 3)) + 60 * Math.cos(i / width / 311) + (state >> 24) / 8;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}
