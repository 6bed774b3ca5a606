import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
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
      expect(background?.count).toBe(200);
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
});
