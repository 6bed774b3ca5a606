import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { MemoryFeatures } from '../../../../scripts/transfer/features/features.ts';
import { HASH_BYTES, hashDistance, pictureHash } from '../../../../scripts/transfer/features/picture-hash.ts';
import { groupDuplicates } from '../../../../scripts/transfer/head/duplicates.ts';

const SHAPE = {
  height: 64,
  width: 64,
  channels: 3,
  colour: 'rgb',
  resize: 'cover',
  crop: 1,
  kernel: 'cubic',
  invert: false,
} as const;

/** Soft patches of grey, others for each number. */
async function drawn(number: number): Promise<Uint8Array> {
  const patches = Buffer.from(
    Array.from({ length: 36 * 3 }, (_, i) => (Math.floor(i / 3) * 89 * (number + 3) + number * 57) % 251),
  );
  return sharp(patches, { raw: { width: 6, height: 6, channels: 3 } })
    .resize(64, 64, { kernel: 'cubic' })
    .raw()
    .toBuffer();
}

describe('pictureHash', () => {
  it('is nearly the same for a copy of another size or quality, and not for another picture', async () => {
    const original = await drawn(3);
    const small = await sharp(original, { raw: { width: 64, height: 64, channels: 3 } })
      .resize(40, 40)
      .jpeg({ quality: 60 })
      .toBuffer();
    const copy = await sharp(small).resize(64, 64).raw().toBuffer();
    const hash = pictureHash(original, SHAPE);
    expect(hashDistance(Uint8Array.from([...hash, ...pictureHash(copy, SHAPE)]), 0, 1)).toBeLessThanOrEqual(6);
    expect(hashDistance(Uint8Array.from([...hash, ...pictureHash(await drawn(8), SHAPE)]), 0, 1)).toBeGreaterThan(10);
  });
});

describe('groupDuplicates', () => {
  const features = (rows: number[][]) => new MemoryFeatures(Float32Array.from(rows.flat()), rows[0]?.length ?? 0);
  const hashes = (...rows: number[]) => Uint8Array.from(rows.flatMap((row) => Array(HASH_BYTES).fill(row)));

  it('needs both the hash and the features to agree', async () => {
    expect([
      ...(await groupDuplicates(
        hashes(1, 1, 1),
        features([
          [1, 0],
          [1, 0.01],
          [0, 1],
        ]),
      )),
    ]).toEqual([0, 0, 2]);
    expect([
      ...(await groupDuplicates(
        hashes(1, 254),
        features([
          [1, 0],
          [1, 0],
        ]),
      )),
    ]).toEqual([0, 1]);
  });

  it('knows a small copy of a messenger by its hash, though its features are others', async () => {
    const [copy, other] = [
      [1, 0],
      [1, 0.6],
    ];
    const rows = features([copy, other]);
    const near = hashes(0b01010101, 0b01010101);
    near[3] = 0b01010110;
    expect([...(await groupDuplicates(near, rows))]).toEqual([0, 0]);
    near[5] = 0b01010100;
    expect([...(await groupDuplicates(near, rows))]).toEqual([0, 1]);
    // A figure on an even ground: many others have its hash.
    expect([...(await groupDuplicates(hashes(1, 1), rows))]).toEqual([0, 1]);
  });

  it('joins copies of copies', async () => {
    const rows = Uint8Array.from({ length: 3 * HASH_BYTES }, () => 0);
    rows[HASH_BYTES] = 0b111;
    rows[2 * HASH_BYTES] = 0b111;
    rows[2 * HASH_BYTES + 4] = 0b11111;
    expect([...(await groupDuplicates(rows, features([[1], [1], [1]])))]).toEqual([0, 0, 0]);
  });

  it('finds copies among thousands whose hashes say nothing', async () => {
    const count = 5_000;
    const blank = new Uint8Array(count * HASH_BYTES);
    const each = Array.from({ length: count }, (_, row) => [
      Math.sin(row * 7.1),
      Math.cos(row * 3.3),
      Math.sin(row ** 2),
    ]);
    each[4_999] = each[4_998] as number[];
    const groups = await groupDuplicates(blank, features(each));
    expect(groups[4_999]).toBe(groups[4_998]);
    expect(new Set(groups).size).toBeGreaterThan(10);
  });
});
