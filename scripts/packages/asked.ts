import { readdir, readFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';

/** Rooms that are used in a clone alone. */
const ONLY_IN_CLONES = ['assets', 'bench', 'docs', 'packages', 'setup'];

const BY_ADDRESS = /new URL\('(\.[^']+\.\w+)', import\.meta\.url\)/g;

/** Where this cannot be read off, the package would lack what is meant, and say so where somebody uses it first. */
const UNCLEAR = /new URL\((?!'[^'$]+', import\.meta\.url\))[^)]*import\.meta\.url\)/;

/** What source files ask for by their address, from the project's root. */
export interface Asked {
  /** Modules, which start threads or processes. */
  readonly modules: readonly string[];
  /** Files that are read. */
  readonly files: readonly string[];
}

/**
 * What is asked for by `new URL('./...', import.meta.url)` in the rooms that a package is made of.
 * @throws Error where an address is put together in another way
 */
export async function askedByAddress(root: string): Promise<Asked> {
  const asked = new Set<string>();
  for (const entry of await readdir(join(root, 'scripts'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ts|js)$/.test(entry.name)) continue;
    const place = relative(root, entry.parentPath).split(sep).join('/');
    if (ONLY_IN_CLONES.includes(place.split('/')[1] ?? '')) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    if (UNCLEAR.test(text))
      throw new Error(`${place}/${entry.name}: write out what new URL(..., import.meta.url) is of`);
    for (const [, path = ''] of text.matchAll(BY_ADDRESS)) asked.add(posix.join(place, path));
  }
  const isModule = (path: string) => /\.(ts|js)$/.test(path);
  const paths = [...asked].filter((path) => path !== 'package.json').sort();
  return { modules: paths.filter(isModule), files: paths.filter((path) => !isModule(path)) };
}
