import { posix } from 'node:path';
import { toBinary } from '@bufbuild/protobuf';
import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import {
  checkOnnx,
  externalTensors,
  looksLikeOnnx,
  MAX_ONNX_BYTES,
  type ModelProto,
  ModelProtoSchema,
  ONNX_HEAD_BYTES,
  parseOnnx,
  takeInExternal,
} from '#onnx';
import { entryWithin } from '../../containers/zip/entry-name.ts';
import type { FormatReader } from '../../format-reader.ts';
import { type Source, type SourceEntry, withSiblings } from '../../source.ts';
import { ultralyticsHints } from '../../ultralytics.ts';
import { huggingFace } from './hugging-face.ts';
import { imageHints } from './image-metadata.ts';
import { namesInMetadata } from './metadata.ts';

/** ONNX: one file, alone or in a folder or zip beside its labels. */
export const onnxReader: FormatReader = {
  format: 'onnx',
  title: 'ONNX (.onnx)',
  recognises: async (source) => (await candidates(source)).length > 0,
  async read(source) {
    const found = await candidates(source);
    const [entry] = found;
    if (!entry || found.length > 1) {
      const names = found.map(({ name }) => name).join(', ');
      throw new ImportError('format-unknown', `${source.path} holds ${found.length} ONNX files: ${names}`, {
        remedy: 'Name the one that is meant.',
      });
    }
    const bytes = await source.read(entry.name, MAX_ONNX_BYTES);
    const model = parseOnnx(bytes);
    const onnx = (await withExternal(source, entry.name, model)) ? toBinary(ModelProtoSchema, model) : bytes;
    checkOnnx(model);
    const maker = [model.producerName, model.producerVersion]
      .filter((word) => /^[\x20-\x7e]{1,60}$/.test(word))
      .join(' ');
    const own = namesInMetadata(model.metadataProps);
    const beside = await huggingFace(source, entry.name);
    const labels = own.labels ?? beside?.labels;
    const notes = [...(own.notes ?? []), ...(beside?.notes ?? [])];
    const metadata = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]));
    const hints = ultralyticsHints(metadata) ?? imageHints(model.metadataProps) ?? beside?.hints;
    return {
      kind: 'onnx',
      format: 'onnx',
      ...(maker ? { framework: maker } : {}),
      ...(labels ? { labels } : {}),
      ...(hints ? { hints } : {}),
      ...(beside?.independent ? { independent: true } : {}),
      onnx,
      notes,
    };
  },
};

/**
 * Takes in the weights that lie in files beside the model, as PyTorch exports them.
 * @returns whether there were any
 * @throws ImportError `file-hostile` for a path that leaves the model's folder, `file-damaged` where a file is missing
 */
async function withExternal(source: Source, entry: string, model: ModelProto): Promise<boolean> {
  const tensors = externalTensors(model);
  if (tensors.length === 0) return false;
  const folder = entry.slice(0, entry.length - posix.basename(entry).length);
  const locations = new Map(
    tensors.map(({ location }) => [location, entryWithin(folder, location, 'a file of weights')]),
  );
  const whole = await withSiblings(source, [...locations.values()]);
  const files = new Map<string, Uint8Array>();
  for (const [location, name] of locations) {
    if (!whole.entries.some((one) => one.name === name)) {
      throw new ImportError('file-damaged', expected(`${name} beside it`, `the weights of ${entry}`, 'no such file'), {
        details: { missing: name },
        remedy: `Put ${posix.basename(name)} where it was when the model was exported, or give a folder or zip with both.`,
      });
    }
    files.set(location, await whole.read(name));
  }
  takeInExternal(tensors, files);
  return true;
}

/** In a folder the name decides too: any two bytes may begin like ONNX, a file given by itself was meant. */
async function candidates(source: Source): Promise<SourceEntry[]> {
  const found: SourceEntry[] = [];
  for (const entry of source.entries) {
    if (source.kind !== 'file' && !entry.name.toLowerCase().endsWith('.onnx')) continue;
    if (looksLikeOnnx(await source.head(entry.name, ONNX_HEAD_BYTES))) found.push(entry);
  }
  return found;
}
