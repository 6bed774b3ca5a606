import { type GraphProto, type NodeProto, type TensorProto, TensorProto_DataType } from '#onnx';

/** The domain of classifiers, trees and the like. */
export const ML_DOMAIN = 'ai.onnx.ml';

/** What a graph's classes are called: by text, or by whole numbers. */
export type Classes =
  | { readonly kind: 'text'; readonly names: readonly string[] }
  | { readonly kind: 'numbers'; readonly names: readonly string[] };

/** What keeps labels as they are. */
const KEEPS = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);

/** The classes that a value's labels are taken from, where the node that makes it has a list of them. */
export function classesOf(graph: GraphProto, value: string): Classes | undefined {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  let name = value;
  // A chain is at most as long as the graph.
  for (let i = 0; i <= graph.node.length; i++) {
    const node = makers.get(name);
    if (!node) return undefined;
    if (node.domain === ML_DOMAIN) {
      if (node.opType === 'ArrayFeatureExtractor') return ofTensor(graph, node.input[0] ?? '');
      return name === node.output[0] ? listedClasses(node) : undefined;
    }
    if (!KEEPS.has(node.opType)) return undefined;
    name = node.input[0] ?? '';
  }
  return undefined;
}

/** `classlabels_strings`, `classlabels_ints` or `classlabels_int64s` of a node. */
export function listedClasses({ attribute }: NodeProto): Classes | undefined {
  for (const { name, strings, ints } of attribute) {
    if (name === 'classlabels_strings' && strings.length > 0) {
      const decoder = new TextDecoder();
      return { kind: 'text', names: strings.map((text) => decoder.decode(text)) };
    }
    if ((name === 'classlabels_ints' || name === 'classlabels_int64s') && ints.length > 0)
      return { kind: 'numbers', names: ints.map(String) };
  }
  return undefined;
}

function ofTensor(graph: GraphProto, name: string): Classes | undefined {
  const tensor = graph.initializer.find((one) => one.name === name);
  if (!tensor) return undefined;
  if (tensor.dataType === TensorProto_DataType.STRING) {
    const decoder = new TextDecoder();
    return { kind: 'text', names: tensor.stringData.map((text) => decoder.decode(text)) };
  }
  const names = wholeNumbers(tensor)?.map(String);
  return names && { kind: 'numbers', names };
}

function wholeNumbers({ dataType, rawData, int32Data, int64Data }: TensorProto): (number | bigint)[] | undefined {
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const read = <T>(width: number, at: (offset: number) => T) =>
    Array.from({ length: Math.floor(rawData.length / width) }, (_, i) => at(i * width));
  if (dataType === TensorProto_DataType.INT64)
    return int64Data.length > 0 ? int64Data : read(8, (offset) => view.getBigInt64(offset, true));
  if (dataType === TensorProto_DataType.INT32)
    return int32Data.length > 0 ? int32Data : read(4, (offset) => view.getInt32(offset, true));
  return undefined;
}
