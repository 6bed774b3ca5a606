import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchNative, readLock } from '../../../../scripts/bundle/layers/natives.ts';

/** A tarball with the one file `package/index.js`, empty. */
function tarball(): Buffer {
  const header = Buffer.alloc(512);
  header.write('package/index.js', 0, 'latin1');
  header.write('00000000000\0', 124, 'latin1');
  header.write('0', 156, 'latin1');
  return gzipSync(Buffer.concat([header, Buffer.alloc(1024)]));
}

const integrity = (bytes: Uint8Array) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

describe('fetchNative', () => {
  let cache: string;
  const archive = tarball();
  const lock = {
    name: 'package-lock.json',
    packages: new Map([['@img/native', { version: '1.2.3', integrity: integrity(archive) }]]),
  };
  const specs: string[] = [];
  const pack = (bytes: Uint8Array) => async (spec: string, folder: string) => {
    specs.push(spec);
    await writeFile(join(folder, 'x.tgz'), bytes);
    return 'x.tgz';
  };

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'freezeframe-natives-'));
    specs.length = 0;
  });
  afterEach(() => rm(cache, { recursive: true }));

  it('fetches the locked version once and keeps it', async () => {
    for (let i = 0; i < 2; i++) {
      const files = await fetchNative('@img/native', lock, cache, pack(archive));
      expect([...files.keys()]).toEqual(['index.js']);
    }
    expect(specs).toEqual(['@img/native@1.2.3']);
  });

  it('refuses what the lock file does not expect, and keeps none of it', async () => {
    const other = gzipSync(Buffer.alloc(2048));
    await expect(fetchNative('@img/native', lock, cache, pack(other))).rejects.toMatchObject({
      code: 'integrity-failed',
    });
    expect(await readdir(cache)).toEqual([]);
  });

  it('fetches again where the kept file has been changed', async () => {
    await fetchNative('@img/native', lock, cache, pack(archive));
    const [file = ''] = await readdir(cache);
    await writeFile(join(cache, file), 'broken');
    await fetchNative('@img/native', lock, cache, pack(archive));
    expect(specs).toHaveLength(2);
    expect(await readFile(join(cache, file))).toEqual(archive);
  });

  it('refuses a package that the lock file does not know', async () => {
    await expect(fetchNative('left-out', lock, cache, pack(archive))).rejects.toMatchObject({ code: 'not-in-lock' });
  });
});

describe('readLock', () => {
  it("knows the natives of both of Lambda's architectures", async () => {
    const lock = await readLock('.');
    for (const name of ['@img/sharp-linux-x64', '@img/sharp-linux-arm64', '@img/sharp-libvips-linux-arm64']) {
      expect(lock.packages.get(name)?.integrity).toMatch(/^sha512-/);
    }
  });
});
