import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../../../../scripts/convert/keras/layers/index.ts';
import { difference, frozenAnswer, numbers, sequentialModel, withSeededWeights } from '../../harness.ts';

const SHAPE = [6, 5, 3];
const input = { shape: [2, ...SHAPE], data: numbers(180, 5) };
const names = LAYERS.filter((definition) => definition.trainingOnly).map(({ className }) => className);

async function answerOf(layers: Parameters<typeof sequentialModel>[1]) {
  const [answer] = await frozenAnswer(withSeededWeights(sequentialModel(SHAPE, layers), 3), [input]);
  return answer as NonNullable<typeof answer>;
}

describe('layers that do something only while a model is trained', () => {
  it('are many', () => expect(names.length).toBeGreaterThan(30));

  it.each(names)('%s is left out', async (className) => {
    const head = ['Dense', { units: 2, name: 'head' }] as const;
    const alone = await answerOf([head]);
    // `rate` is what dropouts want; the others ignore it.
    const behind = await answerOf([[className, { rate: 0.5 }], head]);
    expect(difference(alone, behind)).toBe(0);
  });
});
