import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const CheckBundle = require('../../resources/check-bundle.cjs') as new (
  serverless: unknown,
) => { hooks: Record<string, () => void> };

describe('the check before packaging', () => {
  let serviceDir: string;
  beforeAll(async () => {
    serviceDir = await mkdtemp(join(tmpdir(), 'freezeframe-check-'));
  });
  afterAll(() => rm(serviceDir, { recursive: true, force: true }));

  const check = (architecture: string) => {
    const service = { provider: { architecture } };
    new CheckBundle({ serviceDir, service, classes: { Error } }).hooks['before:package:initialize']?.();
  };

  it('says what to do where nothing is bundled, and where it is for another processor', async () => {
    expect(() => check('x86_64')).toThrow('Run npx freezeframe bundle --arch x64 first');
    await mkdir(join(serviceDir, 'build'));
    const bundle = (platform: string) =>
      writeFile(join(serviceDir, 'build', 'bundle.json'), JSON.stringify({ platform, architecture: 'x86_64' }));
    await bundle('linux');
    check('x86_64');
    await writeFile(join(serviceDir, 'build', '.unfinished'), '');
    expect(() => check('x86_64')).toThrow('ended half-way');
    await rm(join(serviceDir, 'build', '.unfinished'));
    expect(() => check('arm64')).toThrow('made for linux-x86_64, the functions are linux-arm64');
    await bundle('darwin');
    expect(() => check('x86_64')).toThrow('made for darwin-x86_64');
  });
});
