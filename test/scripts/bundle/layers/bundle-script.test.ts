import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleScript } from '../../../../scripts/bundle/layers/bundle-script.ts';
import { layerPackages } from '../../../../scripts/bundle/layers/layer-packages.ts';

const packages = layerPackages({ platform: 'linux', arch: 'arm64' });
const sharp = { name: 'sharp', script: 'dist/index.cjs' };
const folder = resolve('node_modules/sharp');

describe('bundleScript', () => {
  it('puts what a package requires into one file, and leaves natives to be found when it runs', async () => {
    const inputs: string[] = [];
    const made = await bundleScript(sharp, folder, packages, inputs);
    const text = new TextDecoder().decode(made.get('dist/index.cjs'));
    const required = [...text.matchAll(/\brequire\w*\(["'`]([^"'`]+)/g)].map(([, name = '']) => name);
    const natives = required.filter((name) => /\.node$/.test(name));
    expect(natives).toContain('@img/sharp-linux-arm64/sharp.node');
    expect(required.filter((name) => /semver|detect-libc|colour|^\.\/(?!.*\.node$)/.test(name))).toEqual([]);
    expect(inputs).toContain(resolve('node_modules/semver/index.js'));
  });

  it('fails where the code of a package would come without its licence', async () => {
    const without = packages.filter(({ name }) => name !== 'semver');
    await expect(bundleScript(sharp, folder, without, [])).rejects.toMatchObject({
      code: 'layer-list-outdated',
      message: expect.stringMatching(/sharp needs the package semver/),
    });
  });
});
