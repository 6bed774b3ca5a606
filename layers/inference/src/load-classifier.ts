import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type Classifier, type OpenOptions, openClassifier, readManifest } from './classifier.ts';
import { ModelError } from './errors.ts';
import { type Manifest, modelName, modelVersion } from './manifest.ts';

export interface LoadOptions {
  /** Default: the environment's MODELS_DIR, or /opt/models, where a Lambda layer is unpacked. */
  modelsDir?: string;
  /** Default: the index's default model. */
  name?: string;
  /** Default: the index's default version of that model. */
  version?: string;
  /** As `openClassifier`'s, for a model that is not in memory yet. */
  warmed?: boolean;
}

/** `index.json` of a models folder, written by the bundler. */
const indexSchema = z.object({
  default: modelName,
  models: z.record(
    modelName,
    z.object({
      default: modelVersion,
      versions: z.array(modelVersion).check(z.minLength(1)),
      labels: z.optional(z.record(z.string(), modelVersion)),
    }),
  ),
});

export type ModelsIndex = z.infer<typeof indexSchema>;

/** Models that lie elsewhere than in the models folder, each version in a folder of its own. */
export interface ServedModels {
  readonly index: ModelsIndex;
  /** Of each `NAME@VERSION` that is not in the models folder: where `model.onnx` and `manifest.json` are. */
  readonly folders: ReadonlyMap<string, string>;
}

// Per process, that is per Lambda sandbox: an invocation that finds its model here pays nothing.
/** By what was asked for. */
const loaded = new Map<string, Promise<Classifier>>();
/** By the version's folder: the named version and the default may be the same model, and one copy in memory. */
const opened = new Map<string, Promise<Classifier>>();

let served: ServedModels | undefined;

/**
 * A bundled model, loaded once per process and warm. Call it at module scope, so that Lambda's INIT phase does the work,
 * and again in each invocation: the same promise is answered, and a load that failed is tried anew.
 * @throws ModelError `models-missing`, `model-not-found`, and what `openClassifier` throws.
 */
export function loadClassifier(options: LoadOptions = {}): Promise<Classifier> {
  const key = JSON.stringify([options.modelsDir ?? defaultModelsDir(), options.name, options.version]);
  return loaded.get(key) ?? remember(loaded, key, load(options));
}

/** The manifests of every bundled model, in the index's order. @throws ModelError `models-missing`, `manifest-*`. */
export async function listModels(modelsDir?: string): Promise<Manifest[]> {
  const folderOf = foldersOf(modelsDir);
  const { models } = await readIndex(modelsDir);
  const folders = Object.entries(models).flatMap(([name, { versions }]) =>
    versions.map((version) => folderOf(name, version)),
  );
  return Promise.all(folders.map(readManifest));
}

/** @throws ModelError `models-missing` where there is no readable index. */
export async function readIndex(modelsDir?: string): Promise<ModelsIndex> {
  if (modelsDir === undefined && served) return served.index;
  try {
    const text = await readFile(join(modelsDir ?? defaultModelsDir(), 'index.json'), 'utf8');
    return indexSchema.parse(JSON.parse(text), { jitless: true });
  } catch (cause) {
    throw new ModelError('models-missing', 'The models folder has no readable index.json', {
      cause,
      remedy: 'Set MODELS_DIR to the models folder of a bundle, or make one: freezeframe bundle.',
    });
  }
}

/**
 * Answers from these models from now on, where no models folder is named; undefined: from the default one. Models in
 * memory stay there, so that whoever has one can end with it: see `closeModel`.
 */
export function serveModels(models: ServedModels | undefined): void {
  served = models;
  loaded.clear();
}

/** Opens one version's folder once, whoever asks. @throws what `openClassifier` throws. */
export function openModel(folder: string, options: Pick<OpenOptions, 'warmed'> = {}): Promise<Classifier> {
  return opened.get(folder) ?? remember(opened, folder, openClassifier(folder, options).then(forgottenOnClose));
}

/** Whether a version's folder is in memory, or on its way there. */
export function isOpen(folder: string): boolean {
  return opened.has(folder);
}

/** Gives the memory of a version's folder back, where it is in memory. */
export async function closeModel(folder: string): Promise<void> {
  const classifier = await opened.get(folder)?.catch(() => undefined);
  await classifier?.close();
}

function defaultModelsDir(): string {
  return process.env.MODELS_DIR || '/opt/models';
}

/** Where versions are, of what is served now: whatever is served by the time that an index has been read. */
function foldersOf(modelsDir: string | undefined): (name: string, version: string) => string {
  const elsewhere = modelsDir === undefined ? served?.folders : undefined;
  return (name, version) =>
    elsewhere?.get(`${name}@${version}`) ?? join(modelsDir ?? defaultModelsDir(), name, version);
}

async function load({ modelsDir, ...options }: LoadOptions): Promise<Classifier> {
  const folderOf = foldersOf(modelsDir);
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
  return openModel(folderOf(name, version), { warmed: options.warmed ?? true });
}

/** Keeps a load for all who ask, until it fails. */
function remember(
  kept: Map<string, Promise<Classifier>>,
  key: string,
  promise: Promise<Classifier>,
): Promise<Classifier> {
  kept.set(key, promise);
  promise.catch(() => {
    if (kept.get(key) === promise) kept.delete(key);
  });
  return promise;
}

/** A closed model must not be answered again, under whatever name it was asked for. */
function forgottenOnClose(classifier: Classifier): Classifier {
  const close = classifier.close.bind(classifier);
  classifier.close = async () => {
    for (const kept of [loaded, opened]) {
      for (const [key, promise] of kept) {
        promise.then(
          (other) => {
            if (other === classifier && kept.get(key) === promise) kept.delete(key);
          },
          () => undefined,
        );
      }
    }
    await close();
  };
  return classifier;
}
