import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOnnxruntime, ModelError } from '@freezeframe/inference';
import { type ModelProto, type NodeProto, parseOnnx, subgraphs } from '#onnx';

/**
 * The same graph with its constants worked out and batch normalisation in the weights: onnxruntime's basic optimisation, which
 * only writes standard operators and is the same on every machine.
 * @throws ModelError `model-unreadable`
 */
export async function simplified(onnx: Uint8Array): Promise<ModelProto> {
  const { InferenceSession } = await loadOnnxruntime();
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-graph-'));
  try {
    const file = join(folder, 'graph.onnx');
    const session = await InferenceSession.create(onnx, {
      graphOptimizationLevel: 'basic',
      optimizedModelFilePath: file,
      logSeverityLevel: 4,
    });
    await session.release();
    const model = parseOnnx(await readFile(file));
    dropUnusedDomains(model);
    return model;
  } catch (cause) {
    throw new ModelError('model-unreadable', 'onnxruntime cannot simplify the graph that is to be quantized', {
      cause,
      remedy: 'Leave out --precision int8.',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** onnxruntime notes every domain that it knows. */
function dropUnusedDomains(model: ModelProto): void {
  const used = new Set(['']);
  const visit = (nodes: readonly NodeProto[]) => {
    for (const node of nodes) {
      used.add(node.domain);
      for (const { node: inner } of subgraphs(node)) visit(inner);
    }
  };
  for (const { node } of [model.graph, ...model.functions].filter((one) => one !== undefined)) visit(node);
  model.opsetImport = model.opsetImport.filter(({ domain }) => used.has(domain));
}
