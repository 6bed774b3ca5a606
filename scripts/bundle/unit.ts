import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { EPOCH, listTree, type Tree } from './files/tree.ts';

/** What building a unit gives. */
export interface Built {
  readonly tree: Tree;
  /** Absolute paths of every file that the tree depends on. */
  readonly inputs: readonly string[];
}

/** A folder (and a zip of the same name) of the output: one layer or one function. */
export interface Unit {
  /** Below the output folder: `layers/inference`, `functions/http`. */
  readonly name: string;
  /** Everything but files that the content depends on: options, versions, digests. */
  readonly key: string;
  build(): Promise<Built>;
}

/** What is kept of a finished unit, to see whether it can stay as it is. */
export interface UnitRecord {
  readonly key: string;
  /** Path relative to the project's root -> sha256. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Path inside the unit -> bytes. */
  readonly outputs: Readonly<Record<string, number>>;
  readonly unzipped: number;
  readonly zipped: number;
}

export async function hashFile(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

export async function hashInputs(root: string, inputs: readonly string[]): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const file of [...new Set(inputs)].sort()) {
    hashes[relative(root, file).split(sep).join('/')] = await hashFile(file);
  }
  return hashes;
}

/** True when the unit's inputs are what they were, and its folder and zip lie untouched in `outDir`. */
export async function isCurrent(
  root: string,
  outDir: string,
  unit: Unit,
  record: UnitRecord | undefined,
): Promise<boolean> {
  if (!record || record.key !== unit.key || !(await zipIsThere(outDir, unit.name, record))) return false;
  const files = await listTree(join(outDir, unit.name));
  const intact = files.every((file) => !file.touched && record.outputs[file.path] === file.bytes);
  if (!intact || files.length !== Object.keys(record.outputs).length) return false;
  for (const [path, hash] of Object.entries(record.inputs)) {
    if ((await hashFile(resolve(root, path)).catch(() => undefined)) !== hash) return false;
  }
  return true;
}

async function zipIsThere(outDir: string, name: string, { zipped }: UnitRecord): Promise<boolean> {
  const file = await stat(join(outDir, `${name}.zip`)).catch(() => undefined);
  return file?.size === zipped && file.mtimeMs === EPOCH.getTime();
}
