import { describe, expect, it } from 'vitest';
import { openZip } from '../../../../../scripts/read/containers/zip/zip.ts';
import { type RawEntry, rawZip } from './zips.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const refusal = (entries: readonly RawEntry[]) => expect(openZip(rawZip(entries))).rejects;

describe('a zip', () => {
  it('lists its files by name and reads stored and deflated ones', async () => {
    const zip = await openZip(
      rawZip([
        { name: 'b.json', content: '{}' },
        { name: 'folder/' },
        { name: 'folder/ä.txt', content: 'text '.repeat(100), deflate: true },
        { name: '__MACOSX/._b.json', content: 'clutter' },
      ]),
    );
    expect(zip.entries).toEqual([
      { name: 'b.json', bytes: 2 },
      { name: 'folder/ä.txt', bytes: 500 },
    ]);
    expect(text(await zip.read('b.json'))).toBe('{}');
    expect(text(await zip.read('folder/ä.txt'))).toBe('text '.repeat(100));
    await expect(zip.read('c')).rejects.toMatchObject({ code: 'not-found' });
    await expect(zip.read('folder/ä.txt', 499)).rejects.toMatchObject({ code: 'limit-exceeded' });
    zip.close();
  });

  it('may be empty, and holds names of other alphabets without a flag', async () => {
    expect((await openZip(rawZip([]))).entries).toEqual([]);
    const zip = await openZip(rawZip([{ name: Uint8Array.of(0xe4, 0x2e, 0x68), says: { flags: 0 } }]));
    expect(zip.entries.map((entry) => entry.name)).toEqual(['ä.h']);
  });

  it.each(['../a', 'a/../../b', '/etc/passwd', 'C:\\a', '..\\a', 'a//b', './a', 'a\u0000b', 'a\u001b[2J', ''])(
    'with an entry called %j is refused',
    async (name) => {
      await refusal([{ name }]).toMatchObject({ name: 'ImportError', code: 'file-hostile' });
    },
  );

  it('with two entries of one name is refused, also where only the case or the writing of an accent differs', async () => {
    await refusal([{ name: 'a' }, { name: 'a' }]).toMatchObject({ code: 'file-hostile' });
    await refusal([{ name: 'config.json' }, { name: 'Config.JSON' }]).toMatchObject({ code: 'file-hostile' });
    await refusal([{ name: '\u00e9.h5' }, { name: 'e\u0301.h5' }]).toMatchObject({ code: 'file-hostile' });
  });

  it('with a symlink is refused', async () => {
    await refusal([{ name: 'a', content: '/etc/passwd', mode: 0o120777 }]).toMatchObject({ code: 'file-hostile' });
  });

  it('that expands without end is refused before it is unpacked', async () => {
    const zeros = new Uint8Array(11 * 2 ** 20);
    await refusal([{ name: 'a', content: zeros, deflate: true }]).toMatchObject({ code: 'file-hostile' });
    const parts = Array.from({ length: 20 }, (_, i) => ({
      name: `${i}`,
      content: zeros.subarray(0, 2 ** 20),
      deflate: true,
    }));
    await refusal(parts).toMatchObject({ code: 'file-hostile' });
    await refusal([{ name: 'a', content: 'x', says: { method: 8, unpacked: 2 ** 32 - 2 } }]).toMatchObject({
      code: 'file-hostile',
    });
  });

  it('that unpacks to more than it says is refused', async () => {
    const zip = await openZip(
      rawZip([{ name: 'a', content: 'x'.repeat(5000), deflate: true, says: { unpacked: 10 } }]),
    );
    await expect(zip.read('a')).rejects.toMatchObject({ code: 'file-damaged' });
  });

  it('whose entries lie over each other is refused', async () => {
    const content = new Uint8Array(1000);
    const entries = Array.from({ length: 3 }, (_, i) => ({ name: `${i}`, content, says: { packed: 3000 } }));
    await refusal(entries.map((entry) => ({ ...entry, says: { packed: 3000, unpacked: 3000 } }))).toMatchObject({
      code: 'file-hostile',
    });
  });

  it('with more entries than any model is refused', async () => {
    const entries = Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}` }));
    await refusal(entries).toMatchObject({ code: 'limit-exceeded' });
  });

  it('that is encrypted or packed in a rare way is refused with what to do', async () => {
    // Twelve bytes of key come before the data.
    const encrypted = { name: 'a', content: 'x'.repeat(13), says: { flags: 1, unpacked: 1 } };
    await refusal([encrypted]).toMatchObject({ code: 'format-unknown', remedy: expect.stringContaining('Unpack') });
    await refusal([{ name: 'a', content: 'x', says: { method: 12 } }]).toMatchObject({ code: 'format-unknown' });
  });

  it('whose content is not what its checksum was made of is refused', async () => {
    const zip = await openZip(rawZip([{ name: 'a', content: 'abc', says: { crc: 1 } }]));
    await expect(zip.read('a')).rejects.toMatchObject({ code: 'file-damaged' });
  });

  it('that ends early is refused', async () => {
    const whole = rawZip([{ name: 'a', content: 'abc' }]);
    await expect(openZip(whole.slice(0, -10))).rejects.toMatchObject({ code: 'file-damaged' });
  });
});
