import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** An IDX file of bytes. */
export function idx(shape: number[], data: ArrayLike<number>): Buffer {
  const header = Buffer.alloc(4 + shape.length * 4);
  header.set([0, 0, 8, shape.length]);
  for (const [index, size] of shape.entries()) header.writeUInt32BE(size, 4 + index * 4);
  return Buffer.concat([header, Uint8Array.from(data)]);
}

/** Four small files in MNIST's form: digit n is a picture of the brightness 20 n + its number. */
export function smallMnist(train = 60, test = 10) {
  const images = (count: number) =>
    idx(
      [count, 28, 28],
      Array.from({ length: count * 784 }, (_, at) => {
        const row = Math.floor(at / 784);
        return ((row % 10) * 20 + Math.floor(row / 10)) % 256;
      }),
    );
  const labels = (count: number) =>
    idx(
      [count],
      Array.from({ length: count }, (_, row) => row % 10),
    );
  return {
    'train-images': images(train),
    'train-labels': labels(train),
    'test-images': images(test),
    'test-labels': labels(test),
  };
}

export const packed = (bytes: Uint8Array) => gzipSync(bytes);
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
