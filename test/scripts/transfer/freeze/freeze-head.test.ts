import { expect, it } from 'vitest';
import { assetBackbones } from '../../../../scripts/transfer/backbones/find.ts';
import { MemoryFeatures } from '../../../../scripts/transfer/features/features.ts';
import { freezeHead } from '../../../../scripts/transfer/freeze/freeze-head.ts';

it('refuses a head whose graph does not answer as plain code does', async () => {
  const [backbone] = await assetBackbones();
  if (!backbone) throw new Error('there is no backbone');
  const width = backbone.background?.width ?? 0;
  const weights = new Float32Array(width * 2);
  const features = new MemoryFeatures(new Float32Array(width * 3).fill(0.5), width);
  const head = { labels: 2, width, weights, bias: new Float32Array(2) };
  await expect(freezeHead(backbone, { head }, { features, pictures: [] })).resolves.toMatchObject({
    verification: { samples: 3 },
  });
  weights[5] = Number.NaN;
  await expect(freezeHead(backbone, { head }, { features, pictures: [] })).rejects.toMatchObject({
    code: 'verification-failed',
  });
});
