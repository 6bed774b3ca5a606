import { describe, expect, it } from 'vitest';
import { EMPTY_HEAD, type Head } from '../../../../functions/shared/models/head.ts';
import { planModels } from '../../../../functions/shared/models/plan.ts';

const version = { digest: 'a'.repeat(64), content: `${'a'.repeat(12)}-${'b'.repeat(8)}` };
const head: Head = { ...EMPTY_HEAD, highest: 1, versions: { 1: version } };

describe('planModels', () => {
  it('plans a model that is called `constructor`, which every object has from birth', () => {
    const { index, versions } = planModels([], new Map([['constructor', head]]), undefined);
    expect(index.default).toBe('constructor');
    expect(Object.entries(index.models)).toEqual([
      ['constructor', { default: '1', versions: ['1'], labels: { production: '1', latest: '1' } }],
    ]);
    expect(versions).toEqual([{ name: 'constructor', version: '1', ...version }]);
  });
});
