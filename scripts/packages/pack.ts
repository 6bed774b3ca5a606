import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Tree, writeTree } from '#bundle/prebuilt';
import { makeFolder } from '#system';

const run = promisify(execFile);

export interface Packed {
  readonly name: string;
  readonly folder: string;
  readonly tarball: string;
  /** Bytes: of the tarball, and as it lies in `node_modules`. */
  readonly packed: number;
  readonly unpacked: number;
  readonly files: readonly string[];
}

/** Writes a package's folder and the tarball that `npm publish` would send; the same tree gives the same bytes. */
export async function pack(tree: Tree, folder: string, tarballs: string): Promise<Packed> {
  await rm(folder, { recursive: true, force: true });
  await writeTree(tree, folder);
  await makeFolder(tarballs);
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', tarballs];
  const { stdout } = await run('npm', words, { cwd: folder, shell: process.platform === 'win32', maxBuffer: 2 ** 26 });
  const said: unknown = JSON.parse(stdout);
  const [first] = Array.isArray(said) ? said : Object.values(said as object);
  const { name, filename, size, unpackedSize, files } = first as NpmPacked;
  return {
    name,
    folder,
    tarball: join(tarballs, filename),
    packed: size,
    unpacked: unpackedSize,
    files: files.map(({ path }) => path).sort(),
  };
}

interface NpmPacked {
  readonly name: string;
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
