import { posix } from 'node:path';
import { ImportError } from '#guards';
import { isHdf5 } from '../../containers/hdf5/open-hdf5.ts';
import { refuse } from '../../foreign.ts';
import type { FormatReader, ImportedKerasModel, ImportedModel, PictureHints } from '../../format-reader.ts';
import { checkLabelCount, labelsBeside } from '../../labels.ts';
import { type Source, type SourceEntry, withSiblings } from '../../source.ts';
import { hdf5ModelReader } from '../keras-hdf5/reader.ts';
import { kerasConfig } from '../tfjs-layers/keras-config.ts';
import { findModelJson, type ModelJson } from '../tfjs-layers/model-json.ts';
import { readTfjsLayers } from '../tfjs-layers/reader.ts';
import { readProject } from './metadata.ts';
import { PROJECTS } from './other-exports.ts';
import { teachableMachineClasses } from './picture-model.ts';

const LABEL_FILES = ['metadata.json', 'labels.txt'];

/**
 * Teachable Machine's picture models in the three shapes in which it exports them: TensorFlow.js (`model.json`, `metadata.json`,
 * `weights.bin`), Keras (`keras_model.h5`, `labels.txt`), and the bare files of either. What else it exports is refused with
 * what to export instead.
 */
export const teachableMachineReader = {
  format: 'teachable-machine',
  title: 'Teachable Machine (TensorFlow.js or Keras export of an image project)',
  recognises: async (source) => (await look(source)) !== undefined,
  read: readTeachableMachine,
} as const satisfies FormatReader;

type Found =
  | { readonly kind: 'refusal'; readonly error: ImportError }
  | { readonly kind: 'tfjs'; readonly model: ModelJson }
  | { readonly kind: 'keras'; readonly entry: SourceEntry };

async function look(source: Source): Promise<Found | undefined> {
  const model = await findModelJson(source);
  if (model) return lookAtJson(source, model);
  const entry = await findKerasModel(source);
  return entry && { kind: 'keras', entry };
}

async function lookAtJson(source: Source, model: ModelJson): Promise<Found | undefined> {
  if (model.kind !== 'layers') return undefined;
  const project = await readProject(await withLabels(source, model.folder), model.folder);
  if (project === 'audio' || project === 'pose') return { kind: 'refusal', error: refuse(PROJECTS[project], source) };
  return project || isPictureModel(model) ? { kind: 'tfjs', model } : undefined;
}

function isPictureModel(model: ModelJson): boolean {
  try {
    return teachableMachineClasses(kerasConfig(model).config) !== undefined;
  } catch (error) {
    // A damaged config is named by whoever reads it.
    if (error instanceof ImportError) return false;
    throw error;
  }
}

function withLabels(source: Source, folder: string): Promise<Source> {
  return withSiblings(
    source,
    LABEL_FILES.map((name) => folder + name),
  );
}

/** An export is 2.4 MB; with other sizes of MobileNet it would be some 10. */
const MAX_EXPORT_BYTES = 64 * 2 ** 20;
/** TensorFlow.js numbers the layers that it names, so this stands in every export's config, which HDF5 keeps as text. */
const MARK = '_GlobalAveragePooling2D';

/** The one HDF5 file whose config is Teachable Machine's. */
async function findKerasModel(source: Source): Promise<SourceEntry | undefined> {
  const files: SourceEntry[] = [];
  for (const entry of source.entries) {
    if (entry.bytes < 2048 || entry.bytes > MAX_EXPORT_BYTES || posix.basename(entry.name).startsWith('._')) continue;
    if (source.kind !== 'file' && !/\.(h5|hdf5|keras)$/i.test(entry.name)) continue;
    if (isHdf5(await source.head(entry.name, 8))) files.push(entry);
  }
  const [only, ...others] = files;
  if (!only || others.length > 0) return undefined;
  const content = Buffer.from(await source.read(only.name, MAX_EXPORT_BYTES));
  return content.includes(MARK) && content.includes('"Conv1_pad"') ? only : undefined;
}

/** @throws ImportError */
async function readTeachableMachine(source: Source): Promise<ImportedModel> {
  const found = await look(source);
  if (!found) throw new ImportError('format-unknown', `${source.path} is not an export of Teachable Machine.`);
  if (found.kind === 'refusal') throw found.error;
  const folder = found.kind === 'tfjs' ? found.model.folder : folderOf(found.entry.name);
  const imported = found.kind === 'tfjs' ? await readTfjsLayers(source) : await readKeras(source);
  const labels = await labelsBeside(await withLabels(source, folder), folder);
  const classes = teachableMachineClasses(imported.model.config);
  if (labels && classes !== undefined) checkLabelCount(labels.labels, classes, labels.entry);
  return {
    ...imported,
    format: teachableMachineReader.format,
    ...(labels ? { labels: labels.labels } : {}),
    ...(classes === undefined ? {} : { hints: hints(found.kind) }),
    notes: labels ? [...imported.notes, `Class names from ${labels.entry}.`, ...labels.notes] : imported.notes,
  };
}

function folderOf(entry: string): string {
  return entry.slice(0, entry.length - posix.basename(entry).length);
}

async function readKeras(source: Source): Promise<ImportedKerasModel> {
  const imported = await hdf5ModelReader.read(source);
  if (imported.kind === 'keras') return imported;
  throw new ImportError('format-unknown', `${source.path} holds no layers.`);
}

/** As Teachable Machine's own page does it: the middle square of the picture, as a canvas draws it, x / 127 - 1. */
function hints(kind: 'tfjs' | 'keras'): PictureHints {
  const told = kind === 'tfjs' ? 'model.json' : 'Keras config';
  return {
    preprocess: 'teachable-machine',
    resize: 'cover',
    reason: `Teachable Machine made this model: its ${told} has the shape of those`,
  };
}
