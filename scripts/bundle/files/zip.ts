import { type AsyncZippable, zip } from 'fflate';
import { readSource, type Source, sortedPaths, type Tree } from './tree.ts';

const UNIX = 3;
const REGULAR_FILE_644 = 0o100644 << 16;

/**
 * The tree as a zip that depends on names and contents alone: entries sorted, one time, one mode, and a compressor written in
 * JavaScript, so that neither Node's version nor the processor changes a byte (Node's own zlib differs between them).
 */
export async function zipTree(tree: Tree): Promise<Uint8Array> {
  // The oldest day that a zip can hold. fflate writes local time, so this is local: the same bytes in every time zone.
  const mtime = new Date(1980, 0, 1);
  const entries: AsyncZippable = {};
  for (const path of sortedPaths(tree)) entries[path] = await readSource(tree.get(path) as Source);
  return new Promise((resolve, reject) => {
    // Of the inference layer level 9 makes a little more than 8, in half as much time again.
    zip(entries, { level: 8, mtime, os: UNIX, attrs: REGULAR_FILE_644 }, (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    );
  });
}
