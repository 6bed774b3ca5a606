import type { GraphBuilder } from '#onnx';

/** Parts of the same size along an axis. */
export function split(graph: GraphBuilder, value: string, parts: number, size: number, axis: number): string[] {
  if (parts === 1) return [value];
  return graph.ops('Split', [value, graph.ints(Array<number>(parts).fill(size))], parts, { axis });
}

/** One after the other along an axis. */
export function joined(graph: GraphBuilder, parts: readonly string[], axis: number): string {
  return parts.length === 1 ? (parts[0] as string) : graph.op('Concat', parts, { axis });
}

/** The sum of values of one shape. */
export function summed(graph: GraphBuilder, parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] as string) : graph.op('Sum', parts);
}
