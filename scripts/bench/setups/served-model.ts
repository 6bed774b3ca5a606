import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@freezeframe/inference';
import { type Bundle, bundle, hostTarget } from '#bundle';
import { type ImportOptions, importModel } from '#import';
import { type ModelStore, openStore, type StoredModel } from '#store';
import { makeFolder } from '#system';
import { fromEnvironment } from '../bench.ts';

const NAME = 'mobilenet';

/** The model that everything is measured with, in the forms that the subjects take. */
export interface ServedModel {
  /** As Keras wrote it. */
  readonly keras: string;
  readonly manifest: Manifest;
  /** The frozen graph: uint8 pictures in, probabilities out. */
  readonly onnx: string;
  /** A JSON list. */
  readonly labels: string;
  readonly built: Bundle;
}

/** The model of the samples' folder. @throws FreezeframeError where `MODELS_SAMPLE_DIR` does not name it. */
export function sampleModel(): string {
  const file = 'mobilenet_v2_imagenet.keras';
  return join(fromEnvironment('MODELS_SAMPLE_DIR', `a folder with ${file}`), file);
}

/**
 * Imports and bundles it below `work`.
 * @param kept a store that holds it since the last time, where making it takes minutes
 */
export async function serveModel(
  work: string,
  choices: Pick<ImportOptions, 'precision' | 'calibrate'> = {},
  kept?: string,
): Promise<ServedModel> {
  const keras = sampleModel();
  const store = openStore(kept ?? join(work, 'store'));
  const { folder } = (kept && (await found(store))) || (await made(store, keras, choices));
  const manifest: Manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  if (manifest.output.kind !== 'classification') throw new Error('the model gives no labels');
  await makeFolder(work);
  const labels = join(work, 'labels.json');
  await writeFile(labels, JSON.stringify(manifest.output.labels));
  const built = await bundle({ ...hostTarget(), store, models: [NAME], outDir: join(work, 'build') });
  return { keras, manifest, onnx: join(folder, 'model.onnx'), labels, built };
}

async function found(store: ModelStore): Promise<StoredModel | undefined> {
  return store.resolve(NAME).catch(() => undefined);
}

async function made(store: ModelStore, path: string, choices: Partial<ImportOptions>): Promise<StoredModel> {
  const { stored } = await importModel({
    ...{ path, name: NAME, store, task: 'classification', labels: 'imagenet' },
    pictures: { preprocess: 'tf' },
    ...choices,
  });
  return stored;
}
