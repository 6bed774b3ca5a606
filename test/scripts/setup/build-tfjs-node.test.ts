import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildTfjsNode, checkPlatform } from '../../../scripts/setup/build-tfjs-node.ts';
import { temporaryFolder } from '../datasets/picture-files.ts';

/** A folder of programs that stand in for the real ones, and nothing else in PATH. */
async function withPrograms(programs: Readonly<Record<string, string>>) {
  const bin = await temporaryFolder();
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'dist'));
  const build = buildTfjsNode(folder, { env: { PATH: bin }, say: () => {} });
  return { build, left: () => readdir(folder) };
}

describe('buildTfjsNode', () => {
  it('names what the machine lacks', async () => {
    const { build, left } = await withPrograms({ make: 'exit 0' });
    const remedy = expect.stringContaining('apt-get install python3 g++');
    await expect(build).rejects.toMatchObject({ code: 'backend-unavailable', remedy });
    expect(await left()).toEqual(['dist']);
  });

  it('names the package that a Python without pip lacks, and leaves nothing behind', async () => {
    const python3 = 'test "$1" = --version || { echo "ensurepip is not available" >&2; exit 1; }';
    const { build, left } = await withPrograms({ make: 'exit 0', 'g++': 'exit 0', python3 });
    const remedy = expect.stringContaining('python3-venv');
    const message = expect.stringContaining('ensurepip is not available');
    await expect(build).rejects.toMatchObject({ code: 'backend-unavailable', remedy, message });
    expect(await left()).toEqual(['dist']);
  });

  it('says which platforms PyPI has the libraries for', () => {
    expect(() => checkPlatform('linux', 'x64')).not.toThrow();
    for (const [platform, arch] of [
      ['darwin', 'arm64'],
      ['linux', 'arm64'],
      ['win32', 'x64'],
    ] as const) {
      expect(() => checkPlatform(platform, arch)).toThrow(`${platform} on ${arch}`);
    }
  });
});
