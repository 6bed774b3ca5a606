import { describe, expect, it } from 'vitest';
import { otherPrecisions, precisionNotes } from '../../../scripts/import/precision.ts';

const model = (...dtypes: readonly unknown[]) => ({
  class_name: 'Sequential',
  config: { layers: dtypes.map((dtype) => ({ class_name: 'Dense', config: { dtype } })) },
});
const policy = (name: string) => ({ module: 'keras', class_name: 'DTypePolicy', config: { name } });

describe('precision', () => {
  it('is silent where a model computes in float32', () => {
    expect(precisionNotes(model('float32', policy('float32'), 'int32', undefined))).toEqual([]);
  });

  it('names what else layers compute in, in the words of Keras 2 and 3', () => {
    const mixed = model(
      policy('mixed_float16'),
      { class_name: 'Policy', config: { name: 'float64' } },
      'mixed_float16',
    );
    expect(otherPrecisions(mixed)).toEqual(['float64', 'mixed_float16']);
    expect(precisionNotes(mixed)[0]).toContain('float64, mixed_float16: the frozen model does so in float32');
  });

  it('is found in models inside of models', () => {
    const nested = { class_name: 'Sequential', config: { layers: [model('bfloat16')] } };
    expect(otherPrecisions(nested)).toEqual(['bfloat16']);
  });
});
