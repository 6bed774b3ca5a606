import { gunzipSync, inflateSync } from 'node:zlib';
import { ImportError } from '#guards';
import { PICKLE_LIMITS } from './limits.ts';

type Compression = 'zlib' | 'gzip' | 'zfile' | 'bzip2' | 'xz' | 'lzma' | 'lz4';

/** joblib before 0.10: `ZF`, the length in hexadecimal on 19 characters, zlib. */
const ZFILE_HEADER = 2 + 19;

const MAGIC: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['zfile', [0x5a, 0x46, 0x30, 0x78]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['lzma', [0x5d, 0x00, 0x00]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
];

export function compressionOf(head: Uint8Array): Compression | undefined {
  const [first = 0, second = 0] = head;
  // Deflate with any window, and a check sum over both bytes (RFC 1950).
  if (head.length >= 2 && (first & 0x8f) === 0x08 && ((first << 8) | second) % 31 === 0) return 'zlib';
  return MAGIC.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0];
}

/**
 * Unpacks what joblib packs; other files are answered as they are.
 * @throws ImportError `limit-exceeded` for what grows too much, `file-damaged`, `format-unknown` for xz, bzip2, lzma, lz4
 */
export function decompress(bytes: Uint8Array): Uint8Array {
  const compression = compressionOf(bytes);
  if (!compression) return bytes;
  if (compression === 'gzip') return unpack(bytes, gunzipSync);
  if (compression === 'zlib') return unpack(bytes, inflateSync);
  if (compression === 'zfile') {
    // Python 2 wrote one character more.
    const from = bytes[ZFILE_HEADER] === 0x20 ? ZFILE_HEADER + 1 : ZFILE_HEADER;
    return unpack(bytes.subarray(from), inflateSync);
  }
  throw new ImportError('format-unknown', `The file is packed with ${compression}, which is not read here`, {
    details: { compression },
    remedy: 'Unpack it first, or write it again with joblib.dump(value, path, compress=("zlib", 3)).',
  });
}

function unpack(bytes: Uint8Array, inflate: typeof inflateSync): Uint8Array {
  const most = Math.max(PICKLE_LIMITS.ratioFrom, bytes.length * PICKLE_LIMITS.ratio);
  const limit = Math.min(PICKLE_LIMITS.unpacked, most);
  try {
    return inflate(bytes, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ImportError(
        'limit-exceeded',
        `The packed pickle grows from ${bytes.length} to more than ${limit} bytes`,
        {
          details: { packed: bytes.length, limit },
          cause,
        },
      );
    }
    throw new ImportError('file-damaged', 'The packed pickle cannot be unpacked: it is cut short or changed', {
      cause,
    });
  }
}

/** The first bytes of what is packed in the first bytes of a file; empty where that cannot be known. */
export function peek(head: Uint8Array): Uint8Array {
  const compression = compressionOf(head);
  if (!compression) return head;
  // 2 is Z_SYNC_FLUSH: answers what there is of a stream that is cut.
  const options = { finishFlush: 2, maxOutputLength: PICKLE_LIMITS.ratioFrom };
  try {
    if (compression === 'gzip') return gunzipSync(head, options);
    if (compression === 'zlib') return inflateSync(head, options);
    return compression === 'zfile' ? inflateSync(head.subarray(ZFILE_HEADER), options) : new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}
