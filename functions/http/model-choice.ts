import { type Classifier, loadClassifier, ModelError, type ModelsIndex, readIndex } from '@freezeframe/inference';

/** What a path names; no version is the model's default one. */
export interface ModelChoice {
  readonly model: string;
  readonly version?: string | undefined;
  /** A tag that the version had when it was bundled: production, latest, canary. */
  readonly label?: string | undefined;
}

/** @throws ModelError `model-not-found`, and as `loadClassifier`. */
export async function chosenModel({ model, version, label }: ModelChoice): Promise<Classifier> {
  const chosen = label === undefined ? version : labelled(await modelEntry(model), model, label);
  return loadClassifier({ name: model, ...(chosen === undefined ? {} : { version: chosen }) });
}

/** The versions that a path means: one where it names one, else all. @throws ModelError `model-not-found`. */
export async function chosenVersions({ model, version, label }: ModelChoice): Promise<string[]> {
  const entry = await modelEntry(model);
  const chosen = label === undefined ? version : labelled(entry, model, label);
  if (chosen === undefined) return entry.versions;
  if (entry.versions.includes(chosen)) return [chosen];
  throw notFound(`${model}@${chosen}`);
}

type Entry = ModelsIndex['models'][string];

async function modelEntry(model: string): Promise<Entry> {
  const { models } = await readIndex();
  const entry = Object.hasOwn(models, model) ? models[model] : undefined;
  if (!entry) throw notFound(model);
  return entry;
}

function labelled({ labels = {} }: Entry, model: string, label: string): string {
  const version = Object.hasOwn(labels, label) ? labels[label] : undefined;
  if (version === undefined) throw notFound(`${model}@${label}`);
  return version;
}

function notFound(reference: string): ModelError {
  return new ModelError('model-not-found', `There is no model ${reference}`, {
    remedy: 'GET /models lists the models that are here.',
  });
}
