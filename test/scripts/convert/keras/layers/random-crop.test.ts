import { describe, expect, it } from 'vitest';
import { difference, frozenAnswer, numbers, sequentialModel, withSeededWeights } from '../../harness.ts';

const input = { shape: [2, 9, 6, 2], data: numbers(216, 5) };

async function answerOf(className: string, config: Record<string, unknown>) {
  const model = withSeededWeights(sequentialModel([9, 6, 2], [[className, config]]), 3);
  const [answer] = await frozenAnswer(model, [input]);
  return answer as NonNullable<typeof answer>;
}

describe('RandomCrop outside training', () => {
  it('is a crop of the middle and a resize in Keras 2', async () => {
    const cropped = await answerOf('RandomCrop', { height: 4, width: 5, seed: null });
    const resized = await answerOf('Resizing', { height: 4, width: 5, crop_to_aspect_ratio: true });
    expect(cropped.shape).toEqual([2, 4, 5, 2]);
    expect(difference(resized, cropped)).toBe(0);
  });

  it('is nothing in Keras 3', async () => {
    const answer = await answerOf('RandomCrop', { height: 4, width: 5, data_format: 'channels_last' });
    expect(difference(input, answer)).toBe(0);
  });
});
