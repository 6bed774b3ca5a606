import { FreezeframeError } from '@freezeframe/inference';

const BLOCK = 512;
const REGULAR = new Set(['0', '\0']);

/**
 * The regular files of an (unzipped) npm tarball: path inside the package, without the leading folder -> bytes (views).
 * Links and devices are refused: no package that a layer needs has any.
 * @throws FreezeframeError `broken-archive`
 */
export function readTar(archive: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = new TextDecoder();
  const field = (block: Uint8Array, start: number, length: number) => {
    const raw = block.subarray(start, start + length);
    const end = raw.indexOf(0);
    return text.decode(end < 0 ? raw : raw.subarray(0, end));
  };
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header[0] === 0) break;
    const size = Number.parseInt(field(header, 124, 12), 8);
    const start = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > archive.length) throw broken('a truncated entry');
    const body = archive.subarray(start, start + size);
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === 'x') longName = /^\d+ path=(.+)$/m.exec(text.decode(body))?.[1] ?? longName;
    else if (REGULAR.has(kind)) {
      const prefix = field(header, 345, 155);
      const name = longName ?? (prefix ? `${prefix}/${field(header, 0, 100)}` : field(header, 0, 100));
      files.set(insidePackage(name), body);
      longName = undefined;
    } else if (kind !== '5' && kind !== 'g') throw broken(`an entry of type ${JSON.stringify(kind)}`);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function insidePackage(name: string): string {
  const path = name.split('/').slice(1).join('/');
  if (path === '' || path.split('/').some((part) => part === '..' || part === '')) throw broken(`the path ${name}`);
  return path;
}

function broken(what: string): FreezeframeError {
  return new FreezeframeError('broken-archive', `The package archive cannot be used: it holds ${what}.`);
}
