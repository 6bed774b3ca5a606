import { describe, expect, it } from 'vitest';
import { readFiles } from '../../../../functions/http/body/form.ts';

const part = '--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n';
const form = (count: number) => new TextEncoder().encode(`${part.repeat(count)}--b--\r\n`);

describe('readFiles', () => {
  it('reads as many files as there may be', async () => {
    expect(await readFiles(form(64), 'multipart/form-data; boundary=b')).toHaveLength(64);
    expect(await readFiles(form(1), 'multipart/form-data; charset=utf-8; Boundary="b"')).toHaveLength(1);
  });

  it.each([65, 257, 50_000])('refuses %i files before they cost anything', async (count) => {
    const started = performance.now();
    await expect(readFiles(form(count), 'multipart/form-data; boundary=b')).rejects.toMatchObject({
      code: 'request-invalid',
      message: expect.stringContaining('at most 64 files'),
    });
    // Taken apart, 50,000 took 3.6 s.
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('refuses a form without a boundary', async () => {
    await expect(readFiles(form(1), 'multipart/form-data')).rejects.toMatchObject({ code: 'request-invalid' });
  });
});
