import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  compareFromScratch,
  describeComparison,
  worthComparing,
} from '../../../../scripts/commands/train/from-scratch.ts';

it('is worth while for small and for grey pictures', () => {
  expect(worthComparing({ side: 28, grey: true })).toEqual({ size: 28, channels: 1 });
  expect(worthComparing({ side: 8, grey: false })).toEqual({ size: 16, channels: 3 });
  expect(worthComparing({ side: 64, grey: false })).toEqual({ size: 64, channels: 3 });
  expect(worthComparing({ side: 900, grey: true })).toEqual({ size: 64, channels: 1 });
  expect(worthComparing({ side: 65, grey: false })).toBeUndefined();
});

describe('compareFromScratch', () => {
  const [EACH, SIDE] = [120, 16];
  let root: string;
  let pictures: { path: string; label: string }[];
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'from-scratch-'));
    await mkdir(root, { recursive: true });
    pictures = [];
    for (let i = 0; i < 2 * EACH; i++) {
      const label = i % 2 === 0 ? 'left' : 'right';
      // A bright half, in noise.
      const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => {
        const bright = at % SIDE < SIDE / 2 === (label === 'left');
        return ((at * 7919 + i * 104_729) % 61) + (bright ? 150 : 0);
      });
      const path = join(root, `${i}.png`);
      await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
        .png()
        .toFile(path);
      pictures.push({ path, label });
    }
  });
  afterAll(() => rm(root, { recursive: true }));

  const held = (right: (row: number) => boolean) => ({
    backbone: 'network',
    labels: ['left', 'right'],
    pictures,
    foldOf: Int32Array.from(pictures, (_, row) => Math.floor(row / 2) % 2),
    right: Uint8Array.from(pictures, (_, row) => Number(right(row))),
  });
  const options = { size: SIDE, channels: 1 as const, seed: 1, signal: new AbortController().signal };

  it('takes a network from scratch that is better on the same pictures', async () => {
    const comparison = await compareFromScratch(
      held((row) => row % 3 !== 0),
      options,
    );
    expect(comparison).toMatchObject({ architecture: 'large-cnn', folds: 2, count: 240, chosen: true });
    expect(comparison.scratch).toBeGreaterThan(0.85);
    expect(comparison.head).toBeCloseTo(2 / 3, 2);
    expect(describeComparison(comparison)).toMatch(/large-cnn is trained; --backbone auto takes the other$/);
  });

  it('takes the head in doubt', async () => {
    const comparison = await compareFromScratch(
      held(() => true),
      options,
    );
    expect(comparison.chosen).toBe(false);
    expect(describeComparison(comparison)).toMatch(/the head is; --architecture large-cnn takes the other$/);
  });
});
