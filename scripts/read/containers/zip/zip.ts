import { crc32, inflateRawSync } from 'node:zlib';
import { expected } from '@freezeframe/inference';
import { type Entry, fromBuffer, fromFd, type ZipFile } from 'yauzl';
import {
  checkLimit,
  ImportError,
  MAX_ENTRIES,
  MAX_EXPANSION,
  MAX_FREE_EXPANSION_BYTES,
  MAX_UNPACKED_BYTES,
} from '#guards';
import { isClutter, safeEntryName } from './entry-name.ts';

const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 0x1;
const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;

interface Packed {
  readonly name: string;
  readonly entry: Entry;
}

/** A zip that was looked through: every entry's name and size is known to be harmless before any is unpacked. */
export interface ZipArchive {
  readonly entries: readonly { readonly name: string; readonly bytes: number }[];
  /** @throws ImportError `not-found`, `limit-exceeded`, `file-damaged` */
  read(name: string, maxBytes?: number): Promise<Uint8Array>;
  close(): void;
}

/**
 * @param source the archive's bytes, or a file that is open for reading, and stays so: who opened it closes it
 * @throws ImportError `file-hostile` for escaping names, symlinks, duplicates and what expands without end,
 * `limit-exceeded`, `file-damaged`, `format-unknown` for encryption and rare compressions
 */
export async function openZip(source: Uint8Array | { fd: number; bytes: number }): Promise<ZipArchive> {
  const zip = await opened(source);
  // yauzl would close the file too, and its number may be another file's by the second time.
  const close = () => {
    if (!('fd' in source)) zip.close();
  };
  try {
    const packedBytes = 'fd' in source ? source.bytes : source.length;
    const files = checked(await listed(zip), packedBytes);
    const byName = new Map(files.map((file) => [file.name, file]));
    return {
      entries: files
        .filter(({ name }) => !isClutter(name))
        .map(({ name, entry }) => ({ name, bytes: entry.uncompressedSize }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      read: async (name, maxBytes = MAX_UNPACKED_BYTES) => {
        const file = byName.get(name);
        if (!file) throw new ImportError('not-found', expected('an entry of the archive', 'the name', name));
        checkLimit(file.entry.uncompressedSize, maxBytes, 'bytes', name);
        return unpacked(zip, file);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function opened(source: Uint8Array | { fd: number; bytes: number }): Promise<ZipFile> {
  // Names are decoded and judged here: yauzl's own checks tell no reasons apart.
  const options = { lazyEntries: true, decodeStrings: false, autoClose: false, validateEntrySizes: true } as const;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, zip: ZipFile) => (error ? reject(damaged(error)) : resolve(zip));
    if ('fd' in source) fromFd(source.fd, options, done);
    else fromBuffer(Buffer.from(source.buffer, source.byteOffset, source.byteLength), options, done);
  });
}

/** The central directory, as long as it is short enough. */
function listed(zip: ZipFile): Promise<Packed[]> {
  const tooMany = (count: number) =>
    new ImportError('limit-exceeded', expected(`at most ${MAX_ENTRIES} entries`, 'the archive', count));
  return new Promise((resolve, reject) => {
    if (zip.entryCount > MAX_ENTRIES) return reject(tooMany(zip.entryCount));
    const found: Packed[] = [];
    zip.on('error', (error) => reject(damaged(error)));
    zip.on('end', () => resolve(found));
    zip.on('entry', (entry: Entry) => {
      try {
        found.push({ name: safeEntryName(decodedName(entry)), entry });
        if (found.length > MAX_ENTRIES) throw tooMany(found.length);
        zip.readEntry();
      } catch (error) {
        reject(error);
      }
    });
    zip.readEntry();
  });
}

/** UTF-8 where it is that, whatever the flag says; else Latin-1, which the models' own names never need. */
function decodedName(entry: Entry): string {
  const bytes = entry.fileName as unknown as Buffer;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

function checked(entries: readonly Packed[], archiveBytes: number): Packed[] {
  const names = new Set<string>();
  let [packed, unpackedBytes] = [0, 0];
  for (const { name, entry } of entries) {
    // Systems that ignore case or how an accent is written, and readers that take the first or the last of two, would see
    // another model.
    const key = name.normalize('NFKC').toLowerCase();
    if (names.has(key)) throw hostile(`holds two entries called ${name}`);
    names.add(key);
    if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMLINK) throw hostile(`holds the symlink ${name}`);
    if (entry.generalPurposeBitFlag & ENCRYPTED) {
      throw new ImportError('format-unknown', `${name} is encrypted.`, { remedy: 'Unpack it and import the folder.' });
    }
    if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
      throw new ImportError(
        'format-unknown',
        expected('stored or deflated data', name, `method ${entry.compressionMethod}`),
        { remedy: 'Unpack it and import the folder.' },
      );
    }
    packed += entry.compressedSize;
    unpackedBytes += entry.uncompressedSize;
    const { compressedSize, uncompressedSize } = entry;
    if (uncompressedSize > Math.max(MAX_FREE_EXPANSION_BYTES, compressedSize * MAX_EXPANSION)) {
      throw hostile(`expands ${name} from ${compressedSize} to ${uncompressedSize} bytes`);
    }
  }
  checkLimit(unpackedBytes, MAX_UNPACKED_BYTES, 'bytes', 'the unpacked archive');
  if (unpackedBytes > Math.max(MAX_FREE_EXPANSION_BYTES, archiveBytes * MAX_EXPANSION)) {
    throw hostile(`expands from ${archiveBytes} to ${unpackedBytes} bytes`);
  }
  // Overlapping entries let each byte be unpacked many times over.
  if (packed > archiveBytes) throw hostile('holds entries that lie over each other');
  return entries.filter(({ name }) => !name.endsWith('/'));
}

async function unpacked(zip: ZipFile, { name, entry }: Packed): Promise<Uint8Array> {
  const raw = await packedBytes(zip, entry);
  const content = entry.compressionMethod === STORED ? raw : inflated(raw, name, entry.uncompressedSize);
  if (content.length !== entry.uncompressedSize || crc32(content) !== entry.crc32) {
    throw new ImportError('file-damaged', `${name} does not hold the bytes that its checksum was made of.`, {
      remedy: 'Fetch or save the file again.',
    });
  }
  return content;
}

function inflated(raw: Uint8Array, name: string, bytes: number): Uint8Array {
  try {
    return inflateRawSync(raw, { maxOutputLength: Math.max(1, bytes) });
  } catch (cause) {
    throw new ImportError('file-damaged', `${name} cannot be unpacked: ${(cause as Error).message}`, { cause });
  }
}

function packedBytes(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // As it lies there: unpacking in one go is quicker than through a stream, and ends at the declared length.
    zip.openReadStream(entry, { decodeFileData: false }, (error, stream) => {
      if (error) return reject(damaged(error));
      const bytes = new Uint8Array(entry.compressedSize);
      let offset = 0;
      stream.on('data', (chunk: Buffer) => {
        if (offset + chunk.length > bytes.length) stream.destroy(new Error('more data than declared'));
        else bytes.set(chunk, offset);
        offset += chunk.length;
      });
      stream.on('end', () =>
        offset === bytes.length ? resolve(bytes) : reject(damaged(new Error('data ends early'))),
      );
      stream.on('error', (cause: Error) => reject(damaged(cause)));
    });
  });
}

function hostile(what: string): ImportError {
  return new ImportError('file-hostile', `The archive ${what}.`, { remedy: 'Do not use this file.' });
}

function damaged(cause: Error): ImportError {
  return new ImportError('file-damaged', `The zip cannot be read: ${cause.message}`, {
    cause,
    remedy: 'Fetch or save the file again.',
  });
}
