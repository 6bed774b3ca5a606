import { posix } from 'node:path';
import { ImportError } from '#guards';
import {
  LITE_METADATA,
  type LiteMetadata,
  type LiteModel,
  looksLikeLite,
  readLite,
  readLiteMetadata,
} from '#tensorflow';
import type { FormatReader, ImportedLiteModel, PictureHints } from '../../format-reader.ts';
import { labelsBeside } from '../../labels.ts';
import { type Source, type SourceEntry, withSiblings } from '../../source.ts';
import { type BehindLite, labelsBehind } from './appended.ts';
import { hasTeachableName, madeByTeachableMachine } from './teachable-machine.ts';

/** More is not in one flatbuffer, whose offsets have 32 bits. */
const MAX_LITE_BYTES = 2 ** 31;

/** TensorFlow Lite: one file, with its metadata; beside its labels in a folder or zip; or in a bundle of MediaPipe (`.task`). */
export const tfliteReader = {
  format: 'tflite',
  title: 'TensorFlow Lite (.tflite, .task)',
  recognises: async (source) => (await candidates(source)).length > 0,
  read: readTflite,
} as const satisfies FormatReader;

async function candidates(source: Source): Promise<SourceEntry[]> {
  const found: SourceEntry[] = [];
  for (const entry of source.entries) {
    if (entry.bytes < 8 || (source.kind !== 'file' && !/\.(tflite|lite)$/i.test(entry.name))) continue;
    if (looksLikeLite(await source.head(entry.name, 8))) found.push(entry);
  }
  return found;
}

async function readTflite(source: Source): Promise<ImportedLiteModel> {
  const found = await candidates(source);
  const [entry] = found;
  if (!entry || found.length > 1) {
    const names = found.map(({ name }) => name).join(', ');
    throw new ImportError('format-unknown', `${source.path} holds ${found.length} TensorFlow Lite models: ${names}`, {
      remedy: 'Name the one that is meant. A bundle of several models is a task of its own, not a classifier.',
    });
  }
  const bytes = await source.read(entry.name, MAX_LITE_BYTES);
  const lite = readLite(bytes);
  const own = lite.metadata.get(LITE_METADATA);
  const metadata: LiteMetadata = own ? readLiteMetadata(own) : { labelFiles: [] };
  const labels = await labelsOf(source, entry.name, bytes, metadata);
  const hints = hintsOf(lite, metadata, labels, entry.name);
  const framework = frameworkOf(lite.description);
  return {
    kind: 'tflite',
    format: tfliteReader.format,
    ...(framework ? { framework } : {}),
    ...(labels ? { labels: labels.labels } : {}),
    ...(hints ? { hints } : {}),
    lite,
    notes: labels ? [`Class names from ${labels.entry}.`, ...labels.notes] : [],
  };
}

/** Names in the file itself come first. */
async function labelsOf(
  source: Source,
  entry: string,
  bytes: Uint8Array,
  metadata: LiteMetadata,
): Promise<BehindLite | undefined> {
  const behind = await labelsBehind(bytes, metadata.labelFiles);
  if (behind) return behind;
  const folder = entry.slice(0, entry.length - posix.basename(entry).length);
  return labelsBeside(hasTeachableName(entry) ? await withSiblings(source, ['labels.txt']) : source, folder);
}

function hintsOf(
  lite: LiteModel,
  { normalization, colour }: LiteMetadata,
  labels: BehindLite | undefined,
  entry: string,
): PictureHints | undefined {
  const stored = lite.tensors[lite.inputs[0]?.tensor ?? -1]?.type !== 'FLOAT32';
  if (madeByTeachableMachine(lite, labels?.entry, entry)) {
    const reason = `Teachable Machine made this model: its ${posix.basename(labels?.entry ?? entry)} and its input are of that shape`;
    return { resize: 'cover', reason, ...(stored ? {} : { preprocess: 'teachable-machine' }) };
  }
  // Bytes go into a model of bytes as they are, whatever is told of real numbers: TensorFlow's own library does so.
  if (labels?.hints) {
    const { normalization: _, ...crop } = labels.hints;
    return stored ? crop : labels.hints;
  }
  if (!normalization || stored) return undefined;
  return { normalization, reason: `its metadata says so${colour ? ` (${colour})` : ''}` };
}

/** `MLIR Converted.`: the file is foreign, and this is shown. */
function frameworkOf(description: string): string {
  const clean = description
    .replace(/[^\w .+-]/g, '')
    .trim()
    .slice(0, 60);
  return clean ? `tensorflow-lite (${clean.replace(/\.$/, '')})` : 'tensorflow-lite';
}
