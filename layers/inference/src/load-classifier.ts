import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type Classifier, openClassifier, readManifest } from './classifier.ts';
import { ModelError } from './errors.ts';
import { type Manifest, modelName, modelVersion } from './manifest.ts';

export interface LoadOptions {
  /** Default: the environment's MODELS_DIR, or /opt/models, where a Lambda layer is unpacked. */
  modelsDir?: string;
  /** Default: the index's default model. */
  name?: string;
  /** Default: the index's default version of that model. */
  version?: string;
}

/** `index.json` of a models folder, written by the bundler. */
const indexSchema = z.object({
  default: modelName,
  models: z.record(
    modelName,
    z.object({
      default: modelVersion,
      versions: z.array(modelVersion).min(1),
      labels: z.record(z.string(), modelVersion).optional(),
    }),
  ),
});

export type ModelsIndex = z.infer<typeof indexSchema>;

// Per process, that is per Lambda sandbox: an invocation that finds its model here pays nothing.
const loaded = new Map<string, Promise<Classifier>>();

/**
 * A bundled model, loaded once per process and warm. Call it at module scope, so that Lambda's INIT phase does the work,
 * and again in each invocation: the same promise is answered, and a load that failed is tried anew.
 * @throws ModelError `models-missing`, `model-not-found`, and what `openClassifier` throws.
 */
export function loadClassifier(options: LoadOptions = {}): Promise<Classifier> {
  const modelsDir = options.modelsDir ?? defaultModelsDir();
  const key = JSON.stringify([modelsDir, options.name, options.version]);
  const known = loaded.get(key);
  if (known) return known;
  return remember(key, load(modelsDir, options));
}

/** The manifests of every bundled model, in the index's order. @throws ModelError `models-missing`, `manifest-*`. */
export async function listModels(modelsDir = defaultModelsDir()): Promise<Manifest[]> {
  const { models } = await readIndex(modelsDir);
  const folders = Object.entries(models).flatMap(([name, { versions }]) =>
    versions.map((version) => join(modelsDir, name, version)),
  );
  return Promise.all(folders.map(readManifest));
}

/** @throws ModelError `models-missing` where there is no readable index. */
export async function readIndex(modelsDir = defaultModelsDir()): Promise<ModelsIndex> {
  try {
    return indexSchema.parse(JSON.parse(await readFile(join(modelsDir, 'index.json'), 'utf8')));
  } catch (cause) {
    throw new ModelError('models-missing', 'The models folder has no readable index.json', {
      cause,
      remedy: 'Set MODELS_DIR to the models folder of a bundle, or make one: freezeframe bundle.',
    });
  }
}

function defaultModelsDir(): string {
  return process.env.MODELS_DIR || '/opt/models';
}

async function load(modelsDir: string, options: LoadOptions): Promise<Classifier> {
  const index = await readIndex(modelsDir);
  const name = options.name ?? index.default;
  const entry = Object.hasOwn(index.models, name) ? index.models[name] : undefined;
  const version = options.version ?? entry?.default;
  // Only what the index lists becomes a path: names come from requests.
  if (!entry || version === undefined || !entry.versions.includes(version)) {
    throw new ModelError('model-not-found', `There is no model ${options.version ? `${name}@${version}` : name}`, {
      remedy: 'GET /models lists the models that are here.',
    });
  }
  // The named version and the default may be the same model: one copy in memory.
  const key = JSON.stringify([modelsDir, name, version, 'resolved']);
  const known = loaded.get(key);
  if (known) return known;
  return remember(key, openClassifier(join(modelsDir, name, version)).then(forgottenOnClose));
}

/** Keeps a load for all who ask, until it fails. */
function remember(key: string, promise: Promise<Classifier>): Promise<Classifier> {
  loaded.set(key, promise);
  promise.catch(() => {
    if (loaded.get(key) === promise) loaded.delete(key);
  });
  return promise;
}

/** A closed model must not be answered again, under whatever name it was asked for. */
function forgottenOnClose(classifier: Classifier): Classifier {
  const close = classifier.close.bind(classifier);
  classifier.close = async () => {
    for (const [key, promise] of loaded) {
      promise.then(
        (other) => {
          if (other === classifier && loaded.get(key) === promise) loaded.delete(key);
        },
        () => undefined,
      );
    }
    await close();
  };
  return classifier;
}
