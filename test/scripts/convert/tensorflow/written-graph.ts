import { graphToOnnx } from '../../../../scripts/import/prepare-graph.ts';
import { readTfjsGraph } from '../../../../scripts/read/formats/tfjs-graph/reader.ts';
import type { Source } from '../../../../scripts/read/source.ts';

/** Reads a graph model and writes it as ONNX, as an import does. */
export async function writtenGraph(source: Source) {
  const imported = await readTfjsGraph(source);
  return { ...imported, onnx: graphToOnnx(imported.graphModel) };
}
