import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { choosePort, listen } from '../../../scripts/local/listening.ts';

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

describe('listen', () => {
  it.each(['192.0.2.1', 'no.such.host.invalid', '[::1]'])(
    'refuses the host %s, which is not this machine',
    async (host) => {
      await expect(listen(createServer(), host, 0)).rejects.toMatchObject({
        code: 'used-wrongly',
        message: expect.stringContaining(host),
      });
    },
  );
});
