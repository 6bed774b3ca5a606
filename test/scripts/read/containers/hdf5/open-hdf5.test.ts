import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Hdf5File, isHdf5, openHdf5 } from '../../../../../scripts/read/containers/hdf5/open-hdf5.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/hdf5');
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, `${name}.h5`)));
const RAMP = Array.from({ length: 24 }, (_, i) => i / 8 - 1);
const COUNT = Array.from({ length: 24 }, (_, i) => i - 12);

let file: Hdf5File | undefined;
const open = async (name: string) => {
  file = await openHdf5(bytesOf(name), name);
  return file;
};
afterEach(async () => {
  await file?.close();
});

describe.each(['types', 'types-new-format'])('numbers of every width, %s', (name) => {
  it.each(['f2', 'f4', 'f8', 'big-f4', 'big-f8', 'bfloat16'])('%s becomes float32', async (kind) => {
    expect((await open(name)).read(kind)).toEqual({ shape: [2, 3, 4], data: Float32Array.from(RAMP) });
  });

  it.each(['i1', 'little-i2', 'big-i2', 'i4', 'i8'])('%s becomes float32', async (kind) => {
    expect((await open(name)).read(kind).data).toEqual(Float32Array.from(COUNT));
  });

  it.each(['u1', 'u2', 'u4', 'u8'])('%s becomes float32', async (kind) => {
    expect((await open(name)).read(kind).data).toEqual(Float32Array.from(COUNT, (n) => n + 12));
  });

  it('are read where there is one or none, and where they are truths', async () => {
    const opened = await open(name);
    expect(opened.read('scalar')).toEqual({ shape: [], data: Float32Array.of(0.5) });
    expect(opened.read('empty')).toEqual({ shape: [0, 4], data: new Float32Array(0) });
    expect(opened.read('bool').data).toEqual(Float32Array.of(1, 0, 1));
  });

  it('keep what is not finite, and the smallest half', async () => {
    const [nan, ...others] = (await open(name)).read('special').data;
    expect(nan).toBeNaN();
    expect(others).toEqual([Infinity, -Infinity, 0, -0, 2 ** -24, 65504]);
  });

  it.each(['text', 'compound'])('%s is refused', async (kind) => {
    const opened = await open(name);
    expect(() => opened.read(kind)).toThrow(expect.objectContaining({ code: 'file-damaged' }));
  });
});

describe('attributes', () => {
  it('are text of fixed and of variable length, lists and numbers', async () => {
    const opened = await open('attributes');
    const names = ['variable', 'fixed', 'names', 'unicode_names', 'number', 'numbers', 'nothing', 'none', 'absent'];
    expect(names.map((name) => opened.attribute('', name))).toEqual([
      'löwe',
      'fixed',
      ['a/kernel:0', 'a/bias:0'],
      ['a', 'bé'],
      7,
      [1.5, 2.5],
      [],
      [],
      undefined,
    ]);
  });
});

describe('chunks', () => {
  it('are read through gzip, shuffle and checksums', async () => {
    const { shape, data } = (await open('filters')).read('gzip');
    expect(shape).toEqual([100, 3, 4]);
    expect([...data.slice(0, 12), ...data.slice(-12)]).toEqual(RAMP);
  });

  it('of other filters are refused by their number', async () => {
    const opened = await open('filters');
    expect(() => opened.read('lzf')).toThrow(expect.objectContaining({ code: 'format-unknown' }));
    expect(() => opened.read('lzf')).toThrow('32000');
  });
});

describe('files made to harm', () => {
  it.each([
    ['external-link', 'file-hostile'],
    ['soft-link-cycle', 'file-hostile'],
    ['deep', 'limit-exceeded'],
  ])('%s is refused when it is opened', async (name, code) => {
    await expect(openHdf5(bytesOf(name), name)).rejects.toMatchObject({ name: 'ImportError', code });
  });

  it.each([
    ['external-storage', 'kernel', 'file-hostile'],
    ['device-storage', 'kernel', 'file-hostile'],
    ['virtual-dataset', 'kernel', 'file-hostile'],
    ['giant-shape', 'kernel', 'limit-exceeded'],
    ['giant-shape', 'sparse', 'file-hostile'],
  ])('%s is refused when %s is read', async (name, path, code) => {
    const opened = await open(name);
    expect(() => opened.read(path)).toThrow(expect.objectContaining({ name: 'ImportError', code }));
  });

  it('take no memory for what they declare', async () => {
    const before = process.memoryUsage().rss;
    const opened = await open('giant-shape');
    expect(() => opened.read('sparse')).toThrow();
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });

  it('whose groups hold themselves are read once around', async () => {
    const opened = await open('hard-link-cycle');
    expect(opened.read('a/b/kernel').shape).toEqual([2, 3, 4]);
    expect(opened.kind('a/b/up/b/kernel')).toBeUndefined();
  });

  it('do not end the library for others', async () => {
    const whole = bytesOf('types');
    for (let end = 100; end < whole.length; end += 700) {
      await openHdf5(whole.slice(0, end), 'cut').then(
        (opened) => opened.close(),
        (error) => expect(error).toMatchObject({ name: 'ImportError' }),
      );
    }
    expect((await open('types')).read('f4').data).toEqual(Float32Array.from(RAMP));
  });
});

describe('a file', () => {
  it('is known by its first bytes, and nothing is asked of it when it is closed', async () => {
    expect(isHdf5(bytesOf('types').subarray(0, 8))).toBe(true);
    expect(isHdf5(new TextEncoder().encode('PK'))).toBe(false);
    await expect(openHdf5(new Uint8Array(100), 'zeros')).rejects.toMatchObject({ code: 'file-damaged' });
    const opened = await open('types');
    await opened.close();
    await opened.close();
    expect(() => opened.read('f4')).toThrow(expect.objectContaining({ code: 'file-damaged' }));
  });

  it('says what is not there', async () => {
    const opened = await open('types');
    expect(() => opened.read('kernel')).toThrow(expect.objectContaining({ code: 'file-damaged' }));
    expect(() => opened.children('f4')).toThrow(expect.objectContaining({ code: 'file-damaged' }));
    expect(opened.attribute('kernel', 'a')).toBeUndefined();
  });
});
