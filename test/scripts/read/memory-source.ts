import { createHash } from 'node:crypto';
import { ImportError } from '../../../scripts/guards/import-error.ts';
import type { Source } from '../../../scripts/read/source.ts';

/** A source without a disk: what a folder with these files would be. */
export function memorySource(
  files: Readonly<Record<string, string | Uint8Array>>,
  kind: Source['kind'] = 'folder',
): Source {
  const contents = new Map(
    Object.entries(files).map(([name, data]) => [
      name,
      typeof data === 'string' ? new TextEncoder().encode(data) : data,
    ]),
  );
  const find = (entry: string): Uint8Array => {
    const bytes = contents.get(entry);
    if (!bytes) throw new ImportError('not-found', `no entry ${entry}`);
    return bytes;
  };
  return {
    path: kind === 'file' ? (Object.keys(files)[0] as string) : 'memory',
    kind,
    entries: [...contents]
      .map(([name, { length }]) => ({ name, bytes: length }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    read: async (entry, maxBytes = Number.POSITIVE_INFINITY) => {
      const bytes = find(entry);
      if (bytes.length > maxBytes) throw new ImportError('limit-exceeded', `${entry} is too large`);
      return bytes;
    },
    head: async (entry, bytes) => find(entry).subarray(0, bytes),
    digest: async () => {
      const hash = createHash('sha256');
      for (const [name, bytes] of contents) hash.update(name).update(bytes);
      return hash.digest('hex');
    },
    close: async () => undefined,
  };
}
