import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine, decodePicture } from '@freezeframe/inference';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { dequantizeRows, type QuantizedRows } from '#quantize';
import { assetNames, BACKBONES_FOLDER, FILES } from '../../../../scripts/transfer/backbones/asset.ts';
import { assetBackbones } from '../../../../scripts/transfer/backbones/find.ts';

describe('the backbones that come along', () => {
  it('load, the cheapest first, and answer features and a map', async () => {
    const all = await assetBackbones();
    expect(all.map(({ name }) => name)).toEqual(['mobilenet-edgetpu', 'efficientnet-lite2']);
    for (const { model, input, background, map, provenance } of all) {
      const engine = await createEngine(model);
      const { height, width, channels } = input;
      const data = new Uint8Array(height * width * channels).fill(128);
      const answer = await engine.run({ picture: { datatype: 'UINT8', shape: [1, height, width, channels], data } });
      await engine.close();
      expect(answer.features?.data.length).toBe(background?.width);
      expect([map, answer.map?.shape.length]).toEqual([true, 4]);
      expect(background?.count).toBe(220);
      expect(provenance.licence).toBe('Apache-2.0');
    }
  });

  it('have their licence beside them, and weigh what a repository can hold', async () => {
    for (const name of await assetNames()) {
      for (const file of [...Object.values(FILES), 'LICENSE']) {
        const { size } = await stat(join(BACKBONES_FOLDER, name, file));
        expect(size).toBeGreaterThan(0);
        expect(size).toBeLessThan(8_000_000);
      }
    }
  });

  it('know a picture that shows nothing: it lies far nearer to one of theirs than photographs lie to each other', async () => {
    const wall = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#8a7f70' } })
      .png()
      .toBuffer();
    for (const { model, input, background } of await assetBackbones()) {
      const { height, width, channels } = input;
      const engine = await createEngine(model);
      const data = await decodePicture(wall, input);
      const answer = await engine.run({ picture: { datatype: 'UINT8', shape: [1, height, width, channels], data } });
      await engine.close();
      const bank = background as QuantizedRows;
      const rows = dequantizeRows(bank);
      const row = (i: number) => rows.subarray(i * bank.width, (i + 1) * bank.width);
      const nearest = (features: ArrayLike<number>, without = -1) =>
        Math.min(
          ...Array.from({ length: bank.count }, (_, i) => (i === without ? Infinity : distance(features, row(i)))),
        );
      const photographs = Array.from({ length: 20 }, (_, i) => nearest(row(i * 10), i * 10));
      expect(nearest(answer.features?.data as Float32Array)).toBeLessThan(Math.min(...photographs) / 2);
    }
  });
});

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum);
}
