import { ImportError } from '#guards';
import { beyondLimit } from '#keras';
import type { FunctionProto, ModelProto, NodeProto } from '../schema/onnx_pb.ts';
import { nodesOf } from './walk.ts';

/** Functions that call functions: exporters of PyTorch write modules within modules this way. */
const MAX_CALL_DEPTH = 200;

/**
 * onnxruntime writes each call of a local function out, so that forty of them, each calling the next twice, are a million
 * million nodes, and one that calls itself has no end.
 * @throws ImportError `file-hostile`, FreezeframeError `limit-exceeded`
 */
export function checkFunctions({ graph, functions }: ModelProto, maxNodes: number): void {
  const byName = new Map(functions.map((one) => [nameOf(one), one]));
  /** Nodes of each function once all that it calls is written out; null while they are being counted. */
  const counted = new Map<string, number | null>();
  const count = (nodes: readonly NodeProto[], depth: number): number => {
    if (depth > MAX_CALL_DEPTH) throw beyondLimit(MAX_CALL_DEPTH, 'levels of functions', 'the ONNX file');
    let sum = 0;
    for (const { domain, opType, overload } of nodesOf(nodes)) {
      const name = nameOf({ domain, name: opType, overload });
      const called = byName.get(name);
      sum += called ? countOf(name, called, depth + 1) : 1;
    }
    return sum;
  };
  const countOf = (name: string, { node }: FunctionProto, depth: number): number => {
    const known = counted.get(name);
    if (known === null) {
      throw new ImportError('file-hostile', `The ONNX function ${JSON.stringify(name)} calls itself`, {
        remedy: 'A function that calls itself can never be written out. Export the model again.',
      });
    }
    if (known !== undefined) return known;
    counted.set(name, null);
    const sum = count(node, depth);
    counted.set(name, sum);
    return sum;
  };
  const total = count(graph?.node ?? [], 0);
  if (total > maxNodes) throw beyondLimit(maxNodes, 'nodes, functions written out,', 'the ONNX file');
  for (const one of functions) countOf(nameOf(one), one, 0);
}

function nameOf({ domain, name, overload }: Pick<FunctionProto, 'domain' | 'name' | 'overload'>): string {
  return [domain, name, overload].filter((part) => part !== '').join('::');
}
