import type { Random } from '#system';

/** Red, green, blue, each 0..255 (fractions allowed; clamped when the picture is written). */
export type Colour = readonly [number, number, number];

/** `#rrggbb` */
export function hex(text: string): Colour {
  const value = Number.parseInt(text.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** @param share 0 gives `from`, 1 gives `to`. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}

export function darker(colour: Colour, share: number): Colour {
  return mix(colour, [18, 16, 34], share);
}

export function lighter(colour: Colour, share: number): Colour {
  return mix(colour, [255, 252, 240], share);
}

/** A neighbour of a colour: paint, cloth and leaves are never twice the same. */
export function vary(colour: Colour, random: Random, amount = 14): Colour {
  const light = random.bell() * amount;
  return [
    colour[0] + light + random.bell() * amount * 0.5,
    colour[1] + light + random.bell() * amount * 0.5,
    colour[2] + light + random.bell() * amount * 0.5,
  ];
}

/** A neighbour of one of these colours, each `#rrggbb`. */
export function varyOne(random: Random, amount: number, ...colours: readonly string[]): Colour {
  return vary(hex(random.pick(colours)), random, amount);
}

/** @param hue degrees. @param saturation 0..1. @param lightness 0..1. */
export function hsl(hue: number, saturation: number, lightness: number): Colour {
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    return (
      255 * (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
    );
  };
  return [channel(0), channel(8), channel(4)];
}
