import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expected, FreezeframeError, loadOnnxruntime, ModelError } from '@freezeframe/inference';
import { type ModelProto, type NodeProto, parseOnnx, subgraphs } from '#onnx';

/**
 * The same graph with its constants worked out and batch normalisation in the weights: onnxruntime's basic optimisation, which
 * only writes standard operators and is the same on every machine.
 * @throws ModelError `model-unreadable`, FreezeframeError `precision-not-possible`
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
    raiseOpset(model);
    return model;
  } catch (cause) {
    if (cause instanceof FreezeframeError) throw cause;
    throw new ModelError('model-unreadable', 'onnxruntime cannot simplify the graph that is to be quantized', {
      cause,
      remedy: 'Leave out --precision int8.',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Since it, there are operators of stored numbers. */
const LEAST_OPSET = 10;
/** From operator set 7 on until that one, only these have become others; what else was new is only more. */
const CHANGED = ['Scan', 'Slice', 'TopK', 'Upsample'];

/** @throws FreezeframeError `precision-not-possible` */
function raiseOpset(model: ModelProto): void {
  const own = model.opsetImport.find(({ domain }) => domain === '');
  if (!own || own.version >= LEAST_OPSET) return;
  const nodes = allNodes(model).filter(({ domain }) => domain === '');
  const isSpatial = ({ name }: { name: string }) => name === 'spatial';
  const changed = nodes.find(
    ({ opType, attribute }) => CHANGED.includes(opType) || attribute.find(isSpatial)?.i === 0n,
  );
  if (changed) {
    const wanted = `operator set ${LEAST_OPSET} or later (in which ${changed.opType} means something else)`;
    throw new FreezeframeError('precision-not-possible', expected(wanted, '--precision int8', Number(own.version)), {
      remedy: 'Leave out --precision, or export the model again with a later operator set.',
    });
  }
  own.version = BigInt(LEAST_OPSET);
  for (const node of nodes) node.attribute = node.attribute.filter((one) => !isSpatial(one));
}

/** Those of functions, loops and branches among them. */
function allNodes({ graph, functions }: ModelProto): NodeProto[] {
  const within = (nodes: readonly NodeProto[]): NodeProto[] =>
    nodes.flatMap((node) => [node, ...subgraphs(node).flatMap((inner) => within(inner.node))]);
  return [graph, ...functions].flatMap((one) => within(one?.node ?? []));
}

/** onnxruntime notes every domain that it knows. */
function dropUnusedDomains(model: ModelProto): void {
  const used = new Set(['', ...allNodes(model).map(({ domain }) => domain)]);
  model.opsetImport = model.opsetImport.filter(({ domain }) => used.has(domain));
}
