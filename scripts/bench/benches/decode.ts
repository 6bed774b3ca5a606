import { decodePicture } from '@freezeframe/inference';
import { Jimp } from 'jimp';
import sharp from 'sharp';
import { type Bench, type BenchOptions, medians, round, say } from '../bench.ts';
import { MOBILE_MANIFEST } from '../setups/mobile-net.ts';
import { photograph } from '../setups/photograph.ts';

const ROUNDS = 15;
const { input } = MOBILE_MANIFEST;

/** jimp does not read WebP. */
const PICTURES = {
  '320x240 PNG': { make: () => photograph(320, 240).png().toBuffer(), jimp: true },
  '1280x960 JPEG': { make: () => photograph(1280, 960).jpeg({ quality: 90 }).toBuffer(), jimp: true },
  '1280x960 WebP': { make: () => photograph(1280, 960).webp({ quality: 90 }).toBuffer(), jimp: false },
} as const;

export const decodeBench: Bench = {
  name: 'decode',
  summary: 'An encoded picture to 224 x 224 pixels: here, by sharp called directly, by jimp.',
  async run({ rounds = ROUNDS }: BenchOptions) {
    const figures: Record<string, unknown> = {};
    for (const [name, { make, jimp }] of Object.entries(PICTURES)) {
      const bytes = await make();
      const candidates: Record<string, () => Promise<unknown>> = {
        own: () => decodePicture(bytes, input),
        direct: () => sharp(bytes).autoOrient().resize(input.width, input.height).raw().toBuffer(),
      };
      if (jimp) candidates.jimp = async () => (await Jimp.fromBuffer(bytes)).cover({ w: input.width, h: input.height });
      const ms = await medians(candidates, rounds);
      const ratio = round((ms.own as number) / (ms.direct as number), 3);
      say(
        `${name}: ${JSON.stringify(ms, (_, value) => (typeof value === 'number' ? round(value) : value))}, ${ratio}x sharp`,
      );
      figures[name] = {
        ...Object.fromEntries(Object.entries(ms).map(([who, value]) => [`${who}Ms`, round(value)])),
        ratio,
      };
    }
    return figures;
  },
};
