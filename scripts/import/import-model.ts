import { basename } from 'node:path';
import type { ManifestDraft } from '@freezeframe/inference';
import type { ReadModel, Scaler, Table, TableFiles, TableNames } from '#read';
import { isGraphModel, loadLabels } from '#read';
import { checkName, type ModelStore, type StoredModel } from '#store';
import { readExpectation } from './checks/expected.ts';
import type { PictureChoices } from './choose-input.ts';
import type { Task } from './choose-output.ts';
import type { ImportVerification, ModelChoices, PreparedModel } from './prepared.ts';
import { checkPath, readInWorker } from './read-in-worker.ts';

export interface ImportOptions {
  /** A file, a folder or a zip. */
  readonly path: string;
  /** In the store. */
  readonly name: string;
  readonly store: ModelStore;
  readonly pictures?: PictureChoices;
  readonly table?: TableFiles & TableNames;
  readonly task?: Task | undefined;
  /** A file, or `imagenet`. */
  readonly labels?: string | undefined;
  /** A file of inputs and answers to compare with. */
  readonly expected?: string | undefined;
  readonly allowNonfinite?: boolean;
  /** What the user typed, for the manifest. */
  readonly command?: string;
  /** False reads in this thread: for files that are trusted, many of them. */
  readonly isolate?: boolean;
  /** Told what is being done. */
  readonly onStep?: (step: string) => void;
}

export interface ImportReport {
  readonly stored: StoredModel;
  /** Stable name of the format that was found. */
  readonly format: string;
  readonly title: string;
  /** What was chosen, and why: one sentence each. */
  readonly notes: readonly string[];
  readonly verification: ImportVerification;
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Reads a model of any format, freezes it, verifies it, and saves it. Nothing is written before all of that has gone well.
 * @throws ImportError, FreezeframeError of the freezer (`unsupported-layer`, `verification-failed`, ...) and of the store
 */
export async function importModel(options: ImportOptions): Promise<ImportReport> {
  const start = performance.now();
  const { path, name, store, table = {}, isolate = true, onStep = () => undefined } = options;
  checkName(name);
  await checkPath(path);
  onStep('Reading');
  const reading = isolate ? readInWorker(path, table) : import('#read').then(({ readAll }) => readAll(path, table));
  // Loads what freezes and verifies (0.4 s) while the other thread reads.
  const keras = import('./prepare-keras.ts');
  const read = await reading;
  const choices = await readChoices(options, read.table);
  onStep('Freezing and verifying');
  const { imported } = read;
  const prepared = await (imported.kind === 'keras'
    ? (await keras).prepareKeras(imported, choices)
    : isGraphModel(imported)
      ? (await import('./prepare-graph.ts')).prepareGraph(imported, choices)
      : (await import('./prepare-onnx.ts')).prepareOnnx(imported, choices));
  onStep('Saving');
  const manifest = draft(options, read, prepared, read.table);
  const stored = await store.save(name, { manifest, model: prepared.onnx });
  return {
    stored,
    format: read.imported.format,
    title: read.title,
    notes: prepared.notes,
    verification: prepared.verification,
    bytes: prepared.onnx.byteLength,
    seconds: (performance.now() - start) / 1000,
  };
}

async function readChoices(
  { pictures = {}, table: names = {}, ...options }: ImportOptions,
  table: Table,
): Promise<ModelChoices> {
  const { featuresOf, valuesOf } = await import('#read');
  return {
    pictures: { ...pictures, imagenet: options.labels === 'imagenet' },
    task: options.task,
    labels: options.labels === undefined ? table.labels : await loadLabels(options.labels),
    features: featuresOf(table, names),
    values: valuesOf(table, names),
    allowNonfinite: options.allowNonfinite === true,
    expectation: options.expected === undefined ? undefined : await readExpectation(options.expected),
  };
}

function draft(
  { path, command }: ImportOptions,
  { imported, sha256 }: ReadModel,
  prepared: PreparedModel,
  { scaler, targetScaler }: Table,
): ManifestDraft {
  const { batches, expected, ...verification } = prepared.verification;
  return {
    formatVersion: 1,
    ...prepared.manifest,
    precision: 'float32',
    metrics: {
      verification: { ...verification, batches: [...batches], ...(expected ? { expected: { ...expected } } : {}) },
    },
    provenance: {
      source: basename(path),
      sha256,
      format: imported.format,
      ...(imported.framework === undefined ? {} : { framework: imported.framework }),
      ...(command === undefined ? {} : { command }),
      ...(scaler ? { scaler: plain(scaler) } : {}),
      ...(targetScaler ? { targetScaler: plain(targetScaler) } : {}),
      ...(prepared.notes.length > 0 ? { notes: [...prepared.notes] } : {}),
    },
  };
}

/** What is part of the graph: scaled = x * scale + offset, of each column. */
function plain({ kind, columns }: Scaler) {
  return { kind, columns: columns.map(({ clip, ...column }) => ({ ...column, ...(clip ? { clip: [...clip] } : {}) })) };
}
