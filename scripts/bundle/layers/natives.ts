import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FreezeframeError } from '@freezeframe/inference';
import { makeFolder } from '#system';
import { readTar } from '../files/tar.ts';

/** What package-lock.json says of one package. */
interface LockedPackage {
  readonly version: string;
  /** Subresource integrity, `sha512-<base64>`. */
  readonly integrity?: string;
}

/** What packages must be, and which file says so. */
export interface PackageList {
  readonly name: string;
  readonly packages: ReadonlyMap<string, LockedPackage>;
}

/** Reads the `packages` of a package-lock.json, by package name (top level only). */
export async function readLock(root: string): Promise<PackageList> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const prefix = 'node_modules/';
  const packages = new Map(
    Object.entries(lock.packages)
      .filter(([path]) => path.startsWith(prefix) && !path.slice(prefix.length).includes('node_modules/'))
      .map(([path, entry]) => [path.slice(prefix.length), entry] as const),
  );
  return { name: 'package-lock.json', packages };
}

/** Gets the tarball of `spec` (`NAME@VERSION`) into `folder` and answers its file name. */
export type Pack = (spec: string, folder: string) => Promise<string>;

/**
 * The files of a package that npm did not install because it is for another machine: fetched with `npm pack` (whatever
 * registry npm is set to), kept in `cache`, and every time held against the list's integrity.
 * @throws FreezeframeError `not-in-lock`, `fetch-failed`, `integrity-failed`
 */
export async function fetchNative(
  name: string,
  list: PackageList,
  cache: string,
  pack: Pack = npmPack,
): Promise<Map<string, Uint8Array>> {
  const locked = list.packages.get(name);
  if (!locked?.integrity) {
    throw new FreezeframeError('not-in-lock', `${list.name} says nothing of ${name}, so it cannot be checked.`, {
      remedy: 'Run npm install so that the lock file lists the optional packages of every platform.',
    });
  }
  const file = join(cache, `${name.replace('/', '-').replace('@', '')}-${locked.version}.tgz`);
  const cached = await readFile(file).catch(() => undefined);
  if (cached && matches(cached, locked.integrity)) return readTar(gunzipSync(cached));
  const scratch = join(cache, `.${randomUUID()}`);
  await makeFolder(scratch);
  try {
    const tarball = join(scratch, await pack(`${name}@${locked.version}`, scratch));
    const bytes = await readFile(tarball);
    if (!matches(bytes, locked.integrity)) {
      throw new FreezeframeError(
        'integrity-failed',
        `What the registry sent for ${name}@${locked.version} is not what ${list.name} expects.`,
        { remedy: 'Check the registry that npm is set to (npm config get registry).', details: { name } },
      );
    }
    await rename(tarball, file);
    return readTar(gunzipSync(bytes));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function matches(bytes: Uint8Array, integrity: string): boolean {
  return integrity.split(' ').some((entry) => {
    const [algorithm = '', digest] = entry.split('-', 2);
    // Weaker algorithms than npm's own are no check.
    return algorithm === 'sha512' && createHash(algorithm).update(bytes).digest('base64') === digest;
  });
}

async function npmPack(spec: string, folder: string): Promise<string> {
  const words = ['pack', spec, '--pack-destination', folder, '--silent'];
  // npm is a .cmd file on Windows, which only a shell starts; spec comes from the lock file and holds no shell words.
  const child = spawn('npm', words, { stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (code === 0 && tarball) return tarball;
  throw new FreezeframeError('fetch-failed', `npm pack ${spec} failed: ${said.trim() || `exit code ${code}`}`, {
    remedy: 'The natives of another architecture come from the npm registry: check that npm can reach it.',
    details: { spec },
  });
}
