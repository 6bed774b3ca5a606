import { expected, FreezeframeError, type Result } from '@freezeframe/inference';
import { classifyAll } from '#classifiers';
import type { ModelVersion, StoredModel } from '#store';
import { picturesAt } from '../predict/find-files.ts';

/** What one model calls a picture. `known` is false where it says that the picture shows none of its labels. */
export interface Called {
  readonly label: string;
  readonly probability: number;
  readonly known?: boolean;
}

export interface Agreement {
  readonly pictures: number;
  readonly agree: number;
  /** Of the pictures that both have answered; null where there is none. */
  readonly share: number | null;
  /** The pictures that they call differently, the surest disagreement first. */
  readonly differ: readonly { readonly file: string; readonly a: Called; readonly b: Called }[];
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
}

/** What two versions say about themselves, side by side. */
export function compareVersions(a: ModelVersion, b: ModelVersion) {
  const [labelsA, labelsB] = [labelsOf(a), labelsOf(b)];
  const onlyA = labelsA.filter((label) => !labelsB.includes(label));
  const onlyB = labelsB.filter((label) => !labelsA.includes(label));
  const same = labelsA.length === labelsB.length && labelsA.every((label, index) => label === labelsB[index]);
  return {
    a: aboutOf(a),
    b: aboutOf(b),
    identical: a.digest === b.digest,
    /** `order` where they are the same in another order. */
    labels: { same, order: !same && onlyA.length === 0 && onlyB.length === 0, onlyA, onlyB },
    inputs: JSON.stringify(a.manifest.input) === JSON.stringify(b.manifest.input),
    metrics: metricsOf(a, b),
  };
}

export type Comparison = ReturnType<typeof compareVersions>;

function aboutOf({ name, version, digest, tags, manifest }: ModelVersion) {
  const { task, precision, files } = manifest;
  return { name, version, digest, tags, task, precision, bytes: files['model.onnx'].bytes };
}

function labelsOf({ manifest: { output } }: ModelVersion): readonly string[] {
  return output.kind === 'classification' ? output.labels : [];
}

/** Every number that either has measured, by its path: `after.accuracy`. */
function metricsOf(a: ModelVersion, b: ModelVersion): { name: string; a: number | null; b: number | null }[] {
  const [first, second] = [numbersIn(a.manifest.metrics), numbersIn(b.manifest.metrics)];
  const names = [...new Set([...first.keys(), ...second.keys()])];
  return names.map((name) => ({ name, a: first.get(name) ?? null, b: second.get(name) ?? null }));
}

function numbersIn(value: unknown, path = '', found = new Map<string, number>()): Map<string, number> {
  if (typeof value === 'number') found.set(path, value);
  else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) numbersIn(inner, path ? `${path}.${key}` : key, found);
  }
  return found;
}

/**
 * Asks both about every picture of a folder.
 * @throws FreezeframeError `task-not-classification`, `picture-not-taken`, `not-found` (no pictures)
 */
export async function compareAnswers(
  versions: readonly [StoredModel, StoredModel],
  folder: string,
  onDone: (done: number, all: number) => void,
): Promise<Agreement> {
  for (const { name, manifest } of versions) {
    if (manifest.output.kind === 'classification' && manifest.input.kind === 'picture') continue;
    throw new FreezeframeError('task-not-classification', expected('two classifiers of pictures', '--on', name), {
      remedy: 'Leave --on out: labels, sizes and metrics are compared without it.',
    });
  }
  const files = await picturesAt(folder);
  if (files.length === 0) {
    throw new FreezeframeError('not-found', `There are no pictures in the folder ${folder}`, {
      remedy: 'Name a folder with pictures (JPEG, PNG, WebP, GIF, AVIF, TIFF).',
    });
  }
  let answers = 0;
  const onPicture = () => onDone(Math.floor(++answers / 2), files.length);
  const a = await callAll(versions[0], files, onPicture);
  const b = await callAll(versions[1], files, onPicture);
  const differ: { file: string; a: Called; b: Called }[] = [];
  const unreadable: { file: string; reason: string }[] = [];
  for (const [i, file] of files.entries()) {
    const [one, other] = [a[i], b[i]] as [Called | string, Called | string];
    if (typeof one === 'string') unreadable.push({ file, reason: one });
    else if (typeof other === 'string') unreadable.push({ file, reason: other });
    else if (!isSame(one, other)) differ.push({ file, a: one, b: other });
  }
  const sureness = (one: { a: Called; b: Called }) => Math.min(one.a.probability, one.b.probability);
  differ.sort((one, other) => sureness(other) - sureness(one));
  const answered = files.length - unreadable.length;
  const agree = answered - differ.length;
  return { pictures: files.length, agree, share: answered === 0 ? null : agree / answered, differ, unreadable };
}

/** What a version calls each picture, or why a picture cannot be read. */
async function callAll(
  { folder }: StoredModel,
  files: readonly string[],
  onPicture: () => void,
): Promise<(Called | string)[]> {
  const pictures = files.map((picture) => ({ picture }));
  const all: (Called | string)[] = [];
  for await (const said of classifyAll(folder, pictures, files.length, { topK: 1 })) {
    all.push('error' in said ? reasonOf(said.error) : calledIn(said.result));
    onPicture();
  }
  return all;
}

/** @throws what is not the picture's fault */
function reasonOf(error: FreezeframeError): string {
  if (error.code === 'model-output-invalid') throw error;
  return error.message;
}

function calledIn(result: Result): Called {
  const [first] = 'predictions' in result ? result.predictions : [];
  const { label = '', probability = 0 } = first ?? {};
  const { known } = result as { known?: boolean };
  return { label, probability, ...(known === undefined ? {} : { known }) };
}

function isSame(a: Called, b: Called): boolean {
  // Two that know none of their labels agree, whatever the nearest label is.
  if (a.known === false || b.known === false) return a.known === b.known;
  return a.label === b.label;
}
