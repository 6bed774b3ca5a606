import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expected } from '@freezeframe/inference';
import { checkLimit, ImportError, MAX_ENTRIES, MAX_UNPACKED_BYTES } from '#guards';
import { isClutter, safeEntryName } from './containers/zip/entry-name.ts';
import { openZip, type ZipArchive } from './containers/zip/zip.ts';

/**
 * What was given to `freezeframe import`: a file, a folder or a zip, all read the same way. Entries are named with forward
 * slashes, relative, without `.` and `..`.
 */
export interface Source {
  /** As the user wrote it; for messages. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'zip';
  /** Files, sorted by name. A single file is one entry with its own base name. */
  readonly entries: readonly SourceEntry[];
  /**
   * The whole of one entry.
   * @throws ImportError `limit-exceeded` before reading more than `maxBytes`, `file-damaged`, `not-found`
   */
  read(entry: string, maxBytes?: number): Promise<Uint8Array>;
  /** The first bytes of an entry, to recognise it. */
  head(entry: string, bytes: number): Promise<Uint8Array>;
  /** sha256 over names and content, hexadecimal. */
  digest(): Promise<string>;
  close(): Promise<void>;
}

export interface SourceEntry {
  readonly name: string;
  /** Unpacked. */
  readonly bytes: number;
}

/** The same answer for the same source, however many readers ask. */
export function oncePerSource<T>(look: (source: Source) => Promise<T>): (source: Source) => Promise<T> {
  const known = new WeakMap<Source, Promise<T>>();
  return (source) => {
    const found = known.get(source) ?? look(source);
    known.set(source, found);
    return found;
  };
}

/** What both a zip with files and one without begin with. */
const ZIP_MAGIC = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x4b, 0x05, 0x06],
];

/** A folder's files below it, deeper than any published model. */
const MAX_FOLDER_DEPTH = 32;

/**
 * Opens what was given to an import. A file that begins as a zip does is one (`.keras`, `.zip`, whatever its name), and
 * its entries are the source's; of a folder, hidden files are left out.
 * @throws ImportError `not-found`, `file-hostile` for symlinks inside a folder and for hostile archives, `limit-exceeded`
 */
export async function openSource(path: string): Promise<Source> {
  const found = await stat(path).catch((cause) => {
    throw notFound(path, cause);
  });
  if (found.isDirectory()) return openFolder(path);
  if (!found.isFile()) throw new ImportError('not-found', expected('a file or a folder', path, 'something else'));
  const handle = await open(path, 'r').catch((cause) => {
    throw notFound(path, cause);
  });
  try {
    if (isZip(await readRange(handle, 4))) {
      const archive = await openZip({ fd: handle.fd, bytes: found.size });
      return zipSource(path, archive, () => handle.close().catch(() => {}));
    }
  } catch (error) {
    await handle.close().catch(() => {});
    throw error;
  }
  await handle.close();
  return fileSource(path, found.size);
}

/**
 * The same for bytes that are in memory already: a file inside an archive or a pickle.
 * @param path for messages; its last part is the name of the single entry if it is not a zip
 */
export async function openBytes(path: string, bytes: Uint8Array): Promise<Source> {
  if (isZip(bytes)) return zipSource(path, await openZip(bytes), async () => {});
  const name = basename(path);
  return source(path, 'file', [{ name, bytes: bytes.length }], async () => bytes);
}

/** Whether bytes begin as a zip does. */
export function isZip(bytes: Uint8Array): boolean {
  return ZIP_MAGIC.some((magic) => magic.every((byte, i) => bytes[i] === byte));
}

function fileSource(path: string, bytes: number): Source {
  return source(
    path,
    'file',
    [{ name: basename(path), bytes }],
    () => readFile(path, path),
    (_, most) => readFile(path, path, most),
  );
}

function zipSource(path: string, archive: ZipArchive, closeFile: () => Promise<void>): Source {
  const close = async () => {
    archive.close();
    await closeFile();
  };
  return source(path, 'zip', archive.entries, (name) => archive.read(name), undefined, close);
}

async function openFolder(path: string): Promise<Source> {
  const entries: SourceEntry[] = [];
  let total = 0;
  const walk = async (folder: string, prefix: string, depth: number): Promise<void> => {
    if (depth > MAX_FOLDER_DEPTH) throw tooMuch('levels', path, MAX_FOLDER_DEPTH, depth);
    const names = await readdir(folder).catch((cause) => {
      throw notFound(folder, cause);
    });
    for (const name of names) {
      const entry = prefix + name;
      if (isClutter(entry)) continue;
      safeEntryName(entry);
      const found = await lstat(join(folder, name));
      if (found.isDirectory()) await walk(join(folder, name), `${entry}/`, depth + 1);
      else if (!found.isFile()) throw notPlain(entry);
      else entries.push({ name: entry, bytes: found.size });
      total += found.isFile() ? found.size : 0;
      if (entries.length > MAX_ENTRIES) throw tooMuch('files', path, MAX_ENTRIES, entries.length);
      if (total > MAX_UNPACKED_BYTES) throw tooMuch('bytes', path, MAX_UNPACKED_BYTES, total);
    }
  };
  await walk(path, '', 0);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return source(
    path,
    'folder',
    entries,
    (name) => readFile(join(path, name), name),
    (name, most) => readFile(join(path, name), name, most),
  );
}

/** A source over a list of entries that are known to be harmless. */
function source(
  path: string,
  kind: Source['kind'],
  entries: readonly SourceEntry[],
  readAll: (name: string) => Promise<Uint8Array>,
  readHead?: (name: string, bytes: number) => Promise<Uint8Array>,
  close: () => Promise<void> = async () => {},
): Source {
  const known = new Map(entries.map((entry) => [entry.name, entry]));
  const read = async (name: string, maxBytes = MAX_UNPACKED_BYTES) => {
    const entry = known.get(name);
    if (!entry) throw new ImportError('not-found', expected('one of its entries', path, name));
    checkLimit(entry.bytes, maxBytes, 'bytes', name);
    return readAll(name);
  };
  return {
    path,
    kind,
    entries,
    read,
    head: async (name, bytes) => {
      if (!known.has(name)) return (await read(name)).subarray(0, bytes);
      return readHead ? readHead(name, bytes) : (await read(name)).subarray(0, bytes);
    },
    digest: async () => {
      const hash = createHash('sha256');
      for (const { name, bytes } of entries) hash.update(`${name}\0${bytes}\0`).update(await read(name));
      return hash.digest('hex');
    },
    close,
  };
}

/** A regular file's content: what became a link, a pipe or a folder since it was listed is refused. */
async function readFile(path: string, name: string, most = MAX_UNPACKED_BYTES): Promise<Uint8Array> {
  const flags = constants.O_RDONLY | (path === name ? 0 : constants.O_NOFOLLOW) | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((cause) => {
    throw cause.code === 'ELOOP' ? notPlain(name) : notFound(path, cause);
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw notPlain(name);
    return await readRange(handle, Math.min(found.size, most));
  } finally {
    await handle.close();
  }
}

async function readRange(handle: FileHandle, bytes: number): Promise<Uint8Array> {
  const content = new Uint8Array(bytes);
  let offset = 0;
  while (offset < bytes) {
    const { bytesRead } = await handle.read(content, offset, bytes - offset, offset);
    if (bytesRead === 0) break;
    offset += bytesRead;
  }
  return content.subarray(0, offset);
}

function tooMuch(what: string, path: string, limit: number, received: number): ImportError {
  return new ImportError('limit-exceeded', expected(`at most ${limit} ${what}`, path, received), {
    remedy: 'Give the folder of the model alone.',
  });
}

function notPlain(name: string): ImportError {
  return new ImportError('file-hostile', expected('a regular file', name, 'a symlink, a pipe or a device'), {
    remedy: 'Replace it by the file itself, or give that file.',
  });
}

function notFound(path: string, cause: unknown): ImportError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new ImportError('not-found', `${path} cannot be read (${reason}).`, {
    cause,
    remedy: 'Give the path of a model: a file, a folder or a zip.',
  });
}

/**
 * A single file together with those files beside it that are named here, where they exist: who gives `model.json` means
 * its weights too. Folders and zips hold theirs and are answered as they are.
 * @param names relative to the file's folder, already known to stay within it
 */
export async function withSiblings(source: Source, names: readonly string[]): Promise<Source> {
  if (source.kind !== 'file') return source;
  const own = new Set(source.entries.map(({ name }) => name));
  const siblings = new Map<string, Source>();
  for (const name of new Set(names)) {
    const sibling = own.has(name) ? undefined : await openFile(join(dirname(source.path), name));
    if (sibling) siblings.set(name, sibling);
  }
  const found = [...siblings].map(([name, { entries }]) => ({ name, bytes: entries[0]?.bytes ?? 0 }));
  const at = (name: string): [Source, string] => {
    const sibling = siblings.get(name);
    return sibling ? [sibling, sibling.entries[0]?.name ?? name] : [source, name];
  };
  return {
    ...source,
    entries: [...source.entries, ...found].sort((a, b) => (a.name < b.name ? -1 : 1)),
    read: (name, maxBytes) => {
      const [from, entry] = at(name);
      return from.read(entry, maxBytes);
    },
    head: (name, bytes) => {
      const [from, entry] = at(name);
      return from.head(entry, bytes);
    },
  };
}

/** The file as a source; nothing that is open stays behind. */
async function openFile(path: string): Promise<Source | undefined> {
  try {
    const source = await openSource(path);
    if (source.kind === 'file') return source;
    await source.close();
    return undefined;
  } catch (error) {
    if (error instanceof ImportError) return undefined;
    throw error;
  }
}
