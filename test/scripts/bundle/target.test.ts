import { describe, expect, it } from 'vitest';
import { parseArchitecture } from '../../../scripts/bundle/target.ts';

describe('parseArchitecture', () => {
  it('takes the two of Lambda and nothing else', () => {
    expect(parseArchitecture('arm64')).toBe('arm64');
    expect(() => parseArchitecture('ia32')).toThrowError(expect.objectContaining({ code: 'used-wrongly' }));
  });
});
