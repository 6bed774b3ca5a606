import { basename } from 'node:path';
import { expected, FreezeframeError, type ManifestDraft } from '@freezeframe/inference';
import { ImportError } from '#guards';
import type { ImportedModel, ReadAll, Scaler, Table, TableFiles, TableNames } from '#read';
import { checkName, type ModelStore, type StoredModel } from '#store';
import type { PictureChoices } from './choose-input.ts';
import type { Task } from './choose-output.ts';
import type { ImportVerification, ModelChoices, Precision, PreparedModel } from './prepared.ts';
import { sizeOf } from './process/limits.ts';

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
  /** With stored numbers or with real ones; of quantized models, with their own stored numbers or with what these stand for. */
  readonly precision?: Precision | undefined;
  /** False: without a heat map where it could have one. */
  readonly heatmap?: boolean;
  /** What weights of floats are stored in. */
  readonly weights?: 'int8' | undefined;
  /** A folder of pictures that ranges of stored numbers are taken from. */
  readonly calibrate?: string | undefined;
  /** What the user typed, for the manifest. */
  readonly command?: string;
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
  /** Of the file or folder that it came from. */
  readonly sourceBytes: number;
  readonly seconds: number;
}

/**
 * Reads a model of any format, freezes it, verifies it, and saves it. Nothing is written before all of that has gone well.
 * All in this process: for files that are not trusted see `importApart`.
 * @throws ImportError, FreezeframeError of the freezer (`unsupported-layer`, `verification-failed`, ...) and of the store
 */
export async function importModel(options: ImportOptions): Promise<ImportReport> {
  const start = performance.now();
  const { path, name, store, table = {}, onStep = () => undefined } = options;
  checkName(name);
  checkCalibration(options);
  onStep('Reading');
  // Loaded where a model is imported: the command's help need not wait for every format.
  const { readAll } = await import('#read');
  const read = await readAll(path, table);
  checkCalibration(options, read.imported);
  const { notes, ...choices } = await readChoices(options, read.table);
  onStep('Freezing and verifying');
  const model = await prepare(read.imported, choices);
  const final = await quantized({ ...model, notes: [...notes, ...model.notes] }, options, onStep);
  // Behind the quantizing: parts of what was rounded since do not add up.
  const prepared =
    options.heatmap === false ? final : await (await import('./heatmap/add-heatmap.ts')).addHeatmap(final);
  onStep('Saving');
  const sourceBytes = await sizeOf(path);
  const manifest = draft(options, read, prepared, sourceBytes);
  const stored = await store.save(name, { manifest, model: prepared.onnx });
  return {
    stored,
    format: read.imported.format,
    title: read.title,
    notes: prepared.notes,
    verification: prepared.verification,
    bytes: prepared.onnx.byteLength,
    sourceBytes,
    seconds: (performance.now() - start) / 1000,
  };
}

const CALIBRATE =
  'Numbers stored as bytes are judged by pictures: add --calibrate FOLDER to --precision or --weights int8.';

/** @throws FreezeframeError `used-wrongly` where pictures are given for nothing, or none for what needs them */
function checkCalibration({ precision, weights, calibrate }: ImportOptions, imported?: ImportedModel): void {
  const wanted = precision === 'int8' || precision === 'auto' || weights === 'int8';
  if (!wanted && calibrate !== undefined)
    throw new FreezeframeError(
      'used-wrongly',
      expected('--precision int8 or auto, or --weights int8', '--calibrate', precision),
      {
        remedy: CALIBRATE,
      },
    );
  // A quantized file has ranges of its own.
  if (wanted && calibrate === undefined && imported && imported.kind !== 'tflite') throw needsPictures();
}

function needsPictures(): FreezeframeError {
  return new FreezeframeError('used-wrongly', expected('a folder of pictures', '--calibrate', undefined), {
    remedy: CALIBRATE,
  });
}

async function quantized(
  prepared: PreparedModel,
  { precision: asked, weights, calibrate }: ImportOptions,
  onStep: (step: string) => void,
): Promise<PreparedModel> {
  const precision = asked === 'int8' || asked === 'auto' ? asked : undefined;
  if (precision === undefined && weights === undefined) return prepared;
  // It computes with its own stored numbers already.
  if (prepared.precision === 'int8') return prepared;
  if (calibrate === undefined) throw needsPictures();
  const { folderPictures, storeNumbers } = await import('#quantize');
  const { input, output } = prepared.manifest;
  const none = { count: 0, label: () => undefined, read: async () => undefined };
  const labels = output.kind === 'classification' ? output.labels : [];
  const request = {
    onnx: prepared.onnx,
    manifest: prepared.manifest,
    pictures: input.kind === 'picture' ? await folderPictures(calibrate, input, labels) : none,
    onProgress: (what: string, done: number, total: number) => onStep(`${what} ${done}/${total}`),
  };
  const chosen = await storeNumbers({ precision, weights }, request);
  return { ...prepared, ...chosen, notes: [...prepared.notes, ...chosen.notes] };
}

/** Each way loads its own: engines and references that the others do not need. */
async function prepare(imported: ImportedModel, choices: ModelChoices): Promise<PreparedModel> {
  if (imported.kind === 'tflite') return (await import('./prepare-lite.ts')).prepareLite(imported, choices);
  if (choices.precision === 'exact') {
    const message = expected('a TensorFlow Lite model', '--precision exact', imported.format);
    throw new ImportError('option-mismatch', message, { remedy: 'Leave it out.' });
  }
  if (imported.kind === 'keras') return (await import('./prepare-keras.ts')).prepareKeras(imported, choices);
  if (imported.kind === 'onnx') return (await import('./prepare-onnx.ts')).prepareOnnx(imported, choices);
  return (await import('./prepare-graph.ts')).prepareGraph(imported, choices);
}

async function readChoices(
  { pictures = {}, table: names = {}, ...options }: ImportOptions,
  table: Table,
): Promise<ModelChoices & { notes: readonly string[] }> {
  const { featuresOf, loadLabels, valuesOf } = await import('#read');
  const { readExpectation } = await import('./checks/expected.ts');
  const named = options.labels === undefined ? undefined : await loadLabels(options.labels);
  return {
    notes: named?.notes ?? [],
    pictures: { ...pictures, imagenet: options.labels === 'imagenet' },
    task: options.task,
    labels: named?.labels ?? table.labels,
    features: featuresOf(table, names),
    values: valuesOf(table, names),
    allowNonfinite: options.allowNonfinite === true,
    precision: options.precision,
    expectation: options.expected === undefined ? undefined : await readExpectation(options.expected),
  };
}

function draft(
  { path, command }: ImportOptions,
  { imported, sha256, table: { scaler, targetScaler } }: ReadAll,
  prepared: PreparedModel,
  sourceBytes: number,
): ManifestDraft {
  const { batches, expected, ...verification } = prepared.verification;
  return {
    formatVersion: 1,
    ...prepared.manifest,
    precision: prepared.precision ?? 'float32',
    metrics: {
      verification: { ...verification, batches: [...batches], ...(expected ? { expected: { ...expected } } : {}) },
      ...prepared.figures,
    },
    provenance: {
      source: basename(path),
      sha256,
      sourceBytes,
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
