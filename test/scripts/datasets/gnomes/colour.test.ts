import { describe, expect, it } from 'vitest';
import { darker, hex, hsl, lighter, mix, vary } from '../../../../scripts/datasets/gnomes/colour.ts';
import { namedStream } from '../../../../scripts/system/random.ts';

const light = (colour: readonly number[]) => colour.reduce((sum, channel) => sum + channel, 0);

describe('colour', () => {
  it('reads hexadecimal and hue, saturation, lightness', () => {
    expect(hex('#c9252b')).toEqual([201, 37, 43]);
    expect(hsl(0, 1, 0.5)).toEqual([255, 0, 0]);
    expect(hsl(120, 1, 0.5)).toEqual([0, 255, 0]);
    expect(hsl(240, 1, 0.25).map(Math.round)).toEqual([0, 0, 128]);
    expect(hsl(77, 0, 0.5)).toEqual([127.5, 127.5, 127.5]);
  });

  it('mixes, darkens and lightens', () => {
    expect(mix([0, 0, 0], [100, 50, 10], 0.5)).toEqual([50, 25, 5]);
    const red = hex('#c9252b');
    expect(light(darker(red, 0.3))).toBeLessThan(light(red));
    expect(light(lighter(red, 0.3))).toBeGreaterThan(light(red));
    expect(vary(red, namedStream('a'), 10)).not.toEqual(red);
    expect(vary(red, namedStream('a'), 10)).toEqual(vary(red, namedStream('a'), 10));
  });
});
