import { dirname, join } from 'node:path';
import { ImportError } from '#guards';
import { openSource } from './open-source.ts';
import type { Source } from './source.ts';

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
