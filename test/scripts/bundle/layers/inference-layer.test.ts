import { describe, expect, it } from 'vitest';
import { chooseFiles } from '../../../../scripts/bundle/layers/inference-layer.ts';
import { layerPackages } from '../../../../scripts/bundle/layers/layer-packages.ts';

const bytes = new Uint8Array();

describe('chooseFiles', () => {
  it('takes what the list asks for and nothing else', () => {
    const files = new Map(['package.json', 'index.js', 'README.md'].map((path) => [path, bytes]));
    const chosen = chooseFiles({ name: 'x', why: '', files: [/^package\.json$/, /^index\.js$/] }, files);
    expect([...chosen.keys()]).toEqual(['package.json', 'index.js']);
  });

  it('fails where a package has changed its layout, naming package and pattern', () => {
    expect(() => chooseFiles({ name: 'x', why: '', files: [/^lib\//] }, new Map([['dist/a.js', bytes]]))).toThrowError(
      expect.objectContaining({ code: 'layer-list-outdated', message: expect.stringMatching(/x .*lib/) }),
    );
  });
});

describe('layerPackages', () => {
  it.each(['x64', 'arm64'] as const)('names the engine of linux-%s and no other', (arch) => {
    const engine = layerPackages({ platform: 'linux', arch }).find(({ name }) => name === 'onnxruntime-node');
    const takes = (file: string) => engine?.files.some((pattern) => pattern.test(file));
    for (const other of ['x64', 'arm64']) {
      expect(takes(`bin/napi-v6/linux/${other}/libonnxruntime.so.1`)).toBe(other === arch);
    }
    for (const provider of ['cuda', 'tensorrt', 'shared']) {
      expect(takes(`bin/napi-v6/linux/${arch}/libonnxruntime_providers_${provider}.so`)).toBe(false);
    }
  });

  it('says why for each', () => {
    for (const { why } of layerPackages({ platform: 'linux', arch: 'x64' })) expect(why.length).toBeGreaterThan(10);
  });
});
