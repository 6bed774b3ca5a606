import { describe, expect, it } from 'vitest';
import { checkContent, MNIST_FILES, unpack } from '../../../../scripts/datasets/mnist/files.ts';
import { packed, sha256 } from './idx-files.ts';

describe('MNIST_FILES', () => {
  it('knows four files whose sizes fit 60,000 and 10,000 pictures', () => {
    expect(MNIST_FILES.map(({ bytes }) => bytes)).toEqual([
      16 + 60_000 * 784,
      8 + 60_000,
      16 + 10_000 * 784,
      8 + 10_000,
    ]);
    for (const { sha256 } of MNIST_FILES) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('unpack', () => {
  it('unpacks, up to a limit', async () => {
    const content = Buffer.alloc(10_000, 7);
    expect(Buffer.from(await unpack(packed(content), 'x', 10_000))).toEqual(content);
    await expect(unpack(packed(content), 'x', 9_999)).rejects.toMatchObject({ code: 'mnist-damaged' });
  });

  it('refuses what is cut off or no gzip', async () => {
    const file = packed(Buffer.alloc(1_000, 7));
    await expect(unpack(file.subarray(0, file.length - 5), 'x', 1e6)).rejects.toMatchObject({ code: 'mnist-damaged' });
    await expect(unpack(Buffer.from('<html>'), 'x', 1e6)).rejects.toMatchObject({
      code: 'mnist-damaged',
      message: 'x is no complete gzip file',
    });
  });
});

describe('checkContent', () => {
  it('accepts exactly these bytes', () => {
    const content = Buffer.from('digits');
    const wanted = { file: 'x', bytes: 6, sha256: sha256(content) };
    expect(() => checkContent(wanted, content)).not.toThrow();
    expect(() => checkContent(wanted, Buffer.from('digitz'))).toThrow('sha256');
    expect(() => checkContent(wanted, Buffer.from('digit'))).toThrow('5 bytes instead of 6');
  });
});
