import type { Random } from '#system';
import { type Canvas, paintAll } from '../canvas.ts';
import { type Colour, hex, vary } from '../colour.ts';
import { createNoise, type Noise, rough } from '../noise.ts';

/** A surface: the two colours its noise runs between, how fine it is, and lines (joints, furrows) if it has any. */
interface Surface {
  readonly name: string;
  readonly low: Colour;
  readonly high: Colour;
  /** Features per picture height, in the foreground. */
  readonly fine: number;
  /** Joints between slabs, in slabs per picture height; 0 for none. */
  readonly slabs: number;
}

const SURFACES = [
  { name: 'lawn', low: hex('#3d6b2a'), high: hex('#7fae4b'), fine: 26, slabs: 0 },
  { name: 'lawn', low: hex('#4a7434'), high: hex('#93b85a'), fine: 20, slabs: 0 },
  { name: 'lawn', low: hex('#2c5a2c'), high: hex('#5f9448'), fine: 30, slabs: 0 },
  { name: 'soil', low: hex('#3d2a1c'), high: hex('#7a5738'), fine: 22, slabs: 0 },
  { name: 'paving', low: hex('#8a857c'), high: hex('#b9b3a7'), fine: 12, slabs: 4.2 },
  { name: 'gravel', low: hex('#77706a'), high: hex('#c9c1b4'), fine: 46, slabs: 0 },
  { name: 'leaves', low: hex('#6e4a22'), high: hex('#c98a3a'), fine: 16, slabs: 0 },
  { name: 'snow', low: hex('#c8d3e2'), high: hex('#f7f9fc'), fine: 7, slabs: 0 },
] as const satisfies readonly Surface[];

/** Covers everything below the horizon (a share of the height, may be negative). @returns the surface's name. */
export function drawGround(canvas: Canvas, random: Random, horizon: number): string {
  const surface: Surface = random.pick(SURFACES);
  const noise = createNoise(random.integer(0, 1 << 30));
  const [low, high] = [vary(surface.low, random, 8), vary(surface.high, random, 8)];
  const top = horizon * canvas.height;
  paintAll(canvas, (x, y, out) => {
    if (y < top) {
      out[3] = 0;
      return;
    }
    // Further up is further away: the pattern shrinks towards the horizon.
    const depth = 1 / (0.35 + (y - top) / canvas.height);
    const across = (x / canvas.height - 0.5) * depth;
    const share = shade(surface, noise, across, depth * 1.6);
    for (let channel = 0; channel < 3; channel++)
      out[channel] = (low[channel] as number) + ((high[channel] as number) - (low[channel] as number)) * share;
    out[3] = Math.min(1, (y - top) / (canvas.height * 0.012));
  });
  return surface.name;
}

function shade(surface: Surface, noise: Noise, across: number, away: number): number {
  const fine = rough(noise, across * surface.fine, away * surface.fine * 0.8);
  const broad = noise(across * 2.3 + 50, away * 2.3);
  const value = (fine - 0.5) * 1.25 + 0.3 + broad * 0.4;
  // Blades of grass stand up: noise stretched along the line of sight.
  if (surface.name === 'lawn') return value + (noise(across * 130, away * 34) - 0.5) * 0.55;
  if (surface.slabs === 0) return value;
  const row = Math.floor(away * surface.slabs);
  const alongRow = (away * surface.slabs) % 1;
  const alongSlab = (((across * surface.slabs * 0.7 + row * 0.5) % 1) + 1) % 1;
  return alongRow < 0.06 || alongSlab < 0.05 ? -0.75 : value;
}
