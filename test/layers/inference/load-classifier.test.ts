import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadOptions, listModels, loadClassifier, type Manifest } from '@freezeframe/inference';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { plain } from './pictures.ts';
import { brightnessGraph, colourGraph, manifestFor, temporaryFolder, writeModel } from './tiny-models.ts';

/** Two models, the first in two versions, as the bundler lays them out. */
function modelsFolder(): string {
  const folder = temporaryFolder();
  const colours = colourGraph();
  const brightness = brightnessGraph();
  const regression: Partial<Manifest> = {
    name: 'brightness',
    version: '7',
    task: 'regression',
    output: { kind: 'regression', name: 'answer', values: [{ name: 'brightness', unit: '' }] },
  };
  writeModel(join(folder, 'colours', '1'), colours);
  writeModel(join(folder, 'colours', '2'), colours, manifestFor(colours, { version: '2' }));
  writeModel(join(folder, 'brightness', '7'), brightness, manifestFor(brightness, regression));
  const models = { colours: { default: '2', versions: ['1', '2'] }, brightness: { default: '7', versions: ['7'] } };
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ default: 'colours', models }));
  return folder;
}

async function loadedFrom(options: LoadOptions) {
  const classifier = await loadClassifier(options);
  onTestFinished(() => classifier.close());
  return classifier;
}

describe('loadClassifier', () => {
  it('answers the defaults, a name, a name and version', async () => {
    const modelsDir = modelsFolder();
    const found = async (options: LoadOptions) => {
      const { manifest } = await loadedFrom({ modelsDir, ...options });
      return `${manifest.name}@${manifest.version}`;
    };
    expect(await found({})).toBe('colours@2');
    expect(await found({ name: 'brightness' })).toBe('brightness@7');
    expect(await found({ name: 'colours', version: '1' })).toBe('colours@1');
  });

  it('loads once, under whatever name it is asked for', async () => {
    const modelsDir = modelsFolder();
    expect(loadClassifier({ modelsDir })).toBe(loadClassifier({ modelsDir }));
    const classifier = await loadedFrom({ modelsDir });
    expect(await loadClassifier({ modelsDir, name: 'colours' })).toBe(classifier);
    expect(await loadClassifier({ modelsDir, name: 'colours', version: '2' })).toBe(classifier);
  });

  it('reads MODELS_DIR', async () => {
    vi.stubEnv('MODELS_DIR', modelsFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await loadedFrom({})).manifest.name).toBe('colours');
    expect((await listModels()).map(({ name, version }) => `${name}@${version}`)).toEqual([
      'colours@1',
      'colours@2',
      'brightness@7',
    ]);
  });

  it('forgets a load that failed, and tries anew', async () => {
    const modelsDir = modelsFolder();
    const model = colourGraph();
    const folder = join(modelsDir, 'colours', '2');
    writeModel(folder, model.slice(0, -1), manifestFor(model, { version: '2' }));
    await expect(loadClassifier({ modelsDir })).rejects.toMatchObject({ code: 'model-corrupt' });
    writeModel(folder, model, manifestFor(model, { version: '2' }));
    expect((await loadedFrom({ modelsDir })).manifest.version).toBe('2');
  });

  it('loads anew after a close', async () => {
    const modelsDir = modelsFolder();
    const first = await loadClassifier({ modelsDir });
    await first.close();
    const second = await loadedFrom({ modelsDir });
    expect(second).not.toBe(first);
    expect(await second.classify(await plain('red').png().toBuffer())).toMatchObject({ model: { version: '2' } });
  });

  it.each([
    { name: 'absent' },
    { name: 'colours', version: '3' },
    { name: '../colours' },
    { name: 'colours', version: '../../colours/1' },
    { name: '__proto__' },
    { name: 'toString' },
  ])('knows no model %o', async (options) => {
    await expect(loadClassifier({ modelsDir: modelsFolder(), ...options })).rejects.toMatchObject({
      code: 'model-not-found',
    });
  });

  it('says what to do where there are no models', async () => {
    const modelsDir = modelsFolder();
    rmSync(join(modelsDir, 'index.json'));
    const missing = { code: 'models-missing', remedy: expect.stringContaining('MODELS_DIR') };
    await expect(loadClassifier({ modelsDir })).rejects.toMatchObject(missing);
    await expect(listModels(modelsDir)).rejects.toMatchObject(missing);
  });
});
