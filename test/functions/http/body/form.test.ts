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

  const whole = (head: string, before = '') =>
    new TextEncoder().encode(`${before}--b\r\n${head}\r\n\r\nabc\r\n--b--\r\n`);
  const named = (name: string) => whole(`Content-Disposition: form-data; ${name}\r\nContent-Type: image/png`);
  it.each([
    ['a name as RFC 2231 writes it', named(`name="f"; filename*=UTF-8''%C3%9Cbung.png`)],
    ['a name in both ways', named(`name="f"; filename="a.png"; filename*=UTF-8''a.png`)],
    ['names without quotation marks', named('name=f; filename=a.png')],
    ['a name in UTF-8', named('name="f"; filename="Übung.png"')],
    ['a path of Windows', named('name="f"; filename="C:\\\\fakepath\\\\a.png"')],
    ['a name with a semicolon', named('name="f"; filename="a;b.png"')],
    ['other headers', whole('content-length: 3\r\nContent-Disposition: form-data; name="f"; filename="a.png"')],
    ['text before the first part', whole('Content-Disposition: form-data; name="f"; filename="a"', 'preamble\r\n')],
  ])('reads a file with %s', async (_, body) => {
    const [file, ...more] = await readFiles(body, 'multipart/form-data; boundary=b');
    expect([String.fromCharCode(...(file ?? [])), more]).toEqual(['abc', []]);
  });

  it.each(['image/png', 'application/octet-stream'])(
    'takes a part of the type %s without a name for a file',
    async (type) => {
      const body = whole(`Content-Disposition: form-data; name="f"\r\nContent-Type: ${type}`);
      await expect(readFiles(body, 'multipart/form-data; boundary=b')).resolves.toHaveLength(1);
    },
  );

  // Large ones were waited for until the function ended, small ones were left out of the answer.
  it.each([3, 20_000, 200_000])('refuses a form with a part of %i bytes that is no field', async (bytes) => {
    for (const head of ['Content-Type: image/png', 'Content-Disposition: attachment; filename="a.png"', 'no header']) {
      const body = new TextEncoder().encode(`${part}--b\r\n${head}\r\n\r\n${'x'.repeat(bytes)}\r\n--b--\r\n`);
      await expect(readFiles(body, 'multipart/form-data; boundary=b')).rejects.toMatchObject({
        code: 'request-invalid',
        message: expect.stringContaining('each part of the form'),
      });
    }
  });

  const cut = named('name="f"; filename="a.png"');
  it.each([1, 6, 8, 20, cut.length - 30])('refuses a form whose last %i bytes are missing', async (missing) => {
    const body = cut.slice(0, cut.length - missing);
    // The line's end after the last delimiter may be missing.
    const read = readFiles(body, 'multipart/form-data; boundary=b');
    if (missing <= 2) await expect(read).resolves.toHaveLength(1);
    else await expect(read).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it.each(['', '--b--', 'abc', '--b\nContent-Disposition: form-data; name="f"; filename="a"\n\nabc\n--b--\n'])(
    'refuses what is no form: %j',
    async (text) => {
      const body = new TextEncoder().encode(text);
      await expect(readFiles(body, 'multipart/form-data; boundary=b')).rejects.toMatchObject({
        code: 'request-invalid',
      });
    },
  );

  it('refuses a form without a boundary', async () => {
    await expect(readFiles(form(1), 'multipart/form-data')).rejects.toMatchObject({ code: 'request-invalid' });
  });
});
