import { ImportError } from '#guards';
import { readGraph } from '#tensorflow';
import type { FormatReader, ImportedGraphModel } from '../../format-reader.ts';
import { labelsBeside } from '../../labels.ts';
import type { Source } from '../../source.ts';
import { readWeights } from '../tfjs-layers/decode-weights.ts';
import { findModelJson } from '../tfjs-layers/model-json.ts';
import { withShards } from '../tfjs-layers/reader.ts';

/** TensorFlow.js graph models: TensorFlow's operators as JSON and their constants in shards, written by the Python converter. */
export const tfjsGraphReader = {
  format: 'tfjs-graph',
  title: 'TensorFlow.js graph model (model.json and its weights)',
  recognises: async (source) => (await findModelJson(source))?.kind === 'graph',
  read: readTfjsGraph,
} as const satisfies FormatReader;

/** @throws ImportError */
export async function readTfjsGraph(source: Source): Promise<ImportedGraphModel> {
  const json = await findModelJson(source);
  if (json?.kind !== 'graph') {
    throw new ImportError('format-unknown', `There is no graph model of TensorFlow.js in ${source.path}`);
  }
  const graphModel = readGraph(json, await readWeights(await withShards(source, json), json));
  const labels = await labelsBeside(source, json.folder);
  const framework = frameworkOf(json.json);
  return {
    kind: 'tensorflow',
    format: tfjsGraphReader.format,
    ...(framework ? { framework } : {}),
    ...(labels ? { labels: labels.labels } : {}),
    graphModel,
    notes: labels ? [`Class names from ${labels.entry}.`, ...labels.notes] : [],
  };
}

/** `generatedBy` is the version of TensorFlow. The file is foreign, and this is shown. */
function frameworkOf({ generatedBy }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof generatedBy !== 'string') return undefined;
  const clean = generatedBy.replace(/[^\w .+-]/g, '').slice(0, 60);
  return /^\d/.test(clean) ? `tensorflow ${clean}` : clean || undefined;
}
