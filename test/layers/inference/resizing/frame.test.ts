import { describe, expect, it } from 'vitest';
import {
  filledPart,
  isEnlarged,
  mayBeEnlarged,
  padded,
  scaledSize,
  windowOf,
} from '../../../../layers/inference/src/resizing/frame.ts';

const frame = { width: 224, height: 224, resize: 'cover', crop: 1, invert: false } as const;

describe('scaledSize', () => {
  it.each([
    ['stretch', 500, 375, [224, 224]],
    ['cover', 500, 375, [298, 224]],
    ['cover', 375, 500, [224, 298]],
    ['contain', 500, 375, [224, 168]],
    ['contain', 1000, 1, [224, 1]],
  ] as const)('%s takes %i x %i to %o', (resize, width, height, wanted) => {
    const scaled = scaledSize({ ...frame, resize }, { width, height });
    expect([scaled.width, scaled.height]).toEqual(wanted);
  });
});

describe('isEnlarged', () => {
  it('is true where one side becomes larger', () => {
    expect(isEnlarged({ ...frame, resize: 'stretch' }, { width: 500, height: 223 })).toBe(true);
    expect(isEnlarged({ ...frame, resize: 'contain' }, { width: 500, height: 100 })).toBe(false);
    expect(isEnlarged(frame, { width: 224, height: 224 })).toBe(false);
    expect(isEnlarged({ ...frame, crop: 0.875 }, { width: 224, height: 300 })).toBe(true);
  });

  it('is told in time for whatever may turn out so', () => {
    for (const resize of ['stretch', 'cover', 'contain'] as const)
      for (const width of [100, 223, 224, 300])
        for (const height of [100, 223, 224, 300])
          if (isEnlarged({ ...frame, resize }, { width, height }))
            expect(mayBeEnlarged({ ...frame, resize }, { width, height })).toBe(true);
  });
});

describe('windowOf', () => {
  const left = (width: number, scaled: number, more: object) =>
    windowOf({ ...frame, width, height: 1, ...more }, { width: scaled, height: 1 }).left;

  it('lies over the middle, half a pixel to the left', () => {
    expect(left(2, 5, {})).toBe(1);
    expect(left(224, 298, {})).toBe(37);
  });

  it('sticks out where a picture is contained', () => {
    expect(left(5, 2, { resize: 'contain' })).toBe(-1);
    expect(left(2, 2, { resize: 'contain', crop: 0.5 })).toBe(0);
    expect(left(2, 4, { resize: 'contain', crop: 0.5 })).toBe(1);
  });
});

describe('padded', () => {
  it('lays what fills a part into the window', () => {
    const window = { left: -1, top: 0, width: 4, height: 2 };
    const part = filledPart(window, { width: 2, height: 1 });
    expect(part).toEqual({ left: 0, top: 0, width: 2, height: 1 });
    const picture = { data: Uint8Array.of(1, 2), width: 2, height: 1, channels: 1 };
    expect([...padded(picture, part, window, 9).data]).toEqual([9, 1, 2, 9, 9, 9, 9, 9]);
  });

  it('is what fills all of it, as it is', () => {
    const window = { left: 1, top: 0, width: 2, height: 1 };
    const picture = { data: Uint8Array.of(1, 2), width: 2, height: 1, channels: 1 };
    expect(padded(picture, filledPart(window, { width: 4, height: 1 }), window, 0).data).toBe(picture.data);
  });
});
