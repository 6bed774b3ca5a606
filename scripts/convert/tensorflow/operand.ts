import type { Shape } from '#keras';
import type { Datatype, GraphBuilder, Value } from '#onnx';
import type { DecodedWeight, GraphNode } from '#tensorflow';

/** What a node gives, as far as it is known while the graph is written. */
export type Operand =
  /** A constant of the file. */
  | { readonly kind: 'constant'; readonly weight: DecodedWeight }
  /** Computed when the graph runs. */
  | { readonly kind: 'value'; readonly value: Value }
  /**
   * Numbers worked out from shapes, `null` being what the batch decides: graphs ask for the shape of a tensor only to give
   * it to another.
   */
  | { readonly kind: 'sizes'; readonly sizes: readonly (number | null)[]; readonly scalar: boolean };

/** A node that cannot be written; all of them are collected. */
export class Refused extends Error {}

/** What a converter is given. */
export interface Emission {
  readonly graph: GraphBuilder;
  readonly node: GraphNode;
  readonly inputs: readonly Operand[];
  /** An input as a value in the graph. @throws Refused where there is none */
  value(index: number): Value;
  /** An input's numbers, which the file or the shapes must tell. @throws Refused */
  sizes(index: number): readonly (number | null)[];
  /** The same, without free ones. @throws Refused */
  numbers(index: number): readonly number[];
  /** A constant of the file, if it is one. */
  constant(index: number): DecodedWeight | undefined;
}

export interface OperatorConverter {
  /** TensorFlow's names for it. */
  readonly ops: readonly string[];
  /** One operand for each result. @throws Refused for what cannot be done */
  emit(emission: Emission): Operand | readonly Operand[];
}

export function given(value: Value): Operand {
  return { kind: 'value', value };
}

/** A value whose memory is in TensorFlow's order. */
export function plain(name: string, shape: Shape, datatype: Datatype = 'float32'): Operand {
  return given({ name, shape, datatype, layout: 'channels-last' });
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((n, axis) => n * axis, 1);
}

/** An axis counted from the front. @throws Refused */
export function frontAxis(axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(front) && front >= 0 && front < rank) return front;
  throw new Refused(`axis ${axis} of a tensor with ${rank} axes`);
}

/** The shape of both after broadcasting. @throws Refused */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a, b].map((shape) =>
      i < rank - shape.length ? 1 : (shape[i - rank + shape.length] as number | null),
    );
    if (x === 1) return y as number | null;
    if (y === 1 || x === y) return x as number | null;
    if (x === null || y === null) return x ?? y ?? null;
    throw new Refused(`shapes [${a}] and [${b}] do not broadcast`);
  });
}

/** A value with its memory in TensorFlow's order. */
export function flat(e: Emission, index = 0): Value {
  return e.graph.toLayout(e.value(index), 'channels-last');
}
