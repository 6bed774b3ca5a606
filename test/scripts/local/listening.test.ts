import { describe, expect, it } from 'vitest';
import { choosePort } from '../../../scripts/local/listening.ts';

describe('choosePort', () => {
  it('prefers what was said to PORT, and PORT to 3000', () => {
    expect(choosePort('8080', { PORT: '9' })).toBe(8080);
    expect(choosePort(undefined, { PORT: '9' })).toBe(9);
    expect(choosePort(undefined, { PORT: '' })).toBe(3000);
    expect(choosePort(undefined, {})).toBe(3000);
    expect(choosePort('0', {})).toBe(0);
  });

  it.each(['-1', '65536', '80a', '1e3', ' 80'])('refuses %j', (text) => {
    expect(() => choosePort(text, {})).toThrowError(expect.objectContaining({ code: 'used-wrongly' }));
  });
});
