import { expect, it } from 'vitest';
import { wantsBackbone } from '../../../../scripts/commands/train/with-backbone.ts';

const PLAIN = { backend: 'auto', augment: true, flip: true, unknown: true, seed: 1, name: 'pets' };

it('is for whoever asks for nothing that only a training from scratch knows', () => {
  expect(wantsBackbone(PLAIN)).toBe(true);
  expect(wantsBackbone({ ...PLAIN, backbone: 'auto' })).toBe(true);
  for (const own of [
    { epochs: 3 },
    { architecture: 'small-cnn' },
    { resume: true },
    { flip: false },
    { backend: 'onnx' },
  ])
    expect(wantsBackbone({ ...PLAIN, ...own })).toBe(false);
});

it('refuses both at once, naming what does not fit', () => {
  expect(() => wantsBackbone({ ...PLAIN, backbone: 'auto', batchSize: 8 })).toThrow(/"--batch-size"/);
});
