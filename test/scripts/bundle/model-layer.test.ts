import { describe, expect, it } from 'vitest';
import { modelIndex } from '../../../scripts/bundle/model-layer.ts';

describe('modelIndex', () => {
  it('takes the first model and the first version of each name as defaults', () => {
    const models = [
      { name: 'b', version: '10' },
      { name: 'a', version: '1' },
      { name: 'b', version: '9' },
    ];
    expect(modelIndex(models)).toEqual({
      default: 'b',
      models: { b: { default: '10', versions: ['9', '10'] }, a: { default: '1', versions: ['1'] } },
    });
  });

  it('refuses an empty list', () => {
    expect(() => modelIndex([])).toThrowError(expect.objectContaining({ code: 'no-models' }));
  });
});
