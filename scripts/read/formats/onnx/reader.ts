import { ImportError } from '#guards';
import { checkOnnx, looksLikeOnnx, MAX_ONNX_BYTES, ONNX_HEAD_BYTES, parseOnnx } from '#onnx';
import type { FormatReader } from '../../format-reader.ts';
import type { Source, SourceEntry } from '../../source.ts';

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
    const onnx = await source.read(entry.name, MAX_ONNX_BYTES);
    const model = parseOnnx(onnx);
    checkOnnx(model);
    const maker = [model.producerName, model.producerVersion]
      .filter((word) => /^[\x20-\x7e]{1,60}$/.test(word))
      .join(' ');
    return { kind: 'onnx', format: 'onnx', ...(maker ? { framework: maker } : {}), onnx, notes: [] };
  },
};

/** In a folder the name decides too: any two bytes may begin like ONNX, a file given by itself was meant. */
async function candidates(source: Source): Promise<SourceEntry[]> {
  const found: SourceEntry[] = [];
  for (const entry of source.entries) {
    if (source.kind !== 'file' && !entry.name.toLowerCase().endsWith('.onnx')) continue;
    if (looksLikeOnnx(await source.head(entry.name, ONNX_HEAD_BYTES))) found.push(entry);
  }
  return found;
}
