import type { GraphBuilder, Value } from '#onnx';
import type { DecodedWeight, GraphNode } from '#tensorflow';
import { type Emission, type Operand, Refused } from './operand.ts';

/** What a converter of TensorFlow's operators is given, from operands that are there already. */
export function emissionOf(node: GraphNode, inputs: readonly Operand[], constants: Constants): Emission {
  const sizes = (index: number): readonly (number | null)[] => {
    const input = inputs[index];
    if (input?.kind === 'sizes') return input.sizes;
    // Shapes, axes and paddings: longer lists are data.
    if (input?.kind === 'constant' && input.weight.data.length <= 256) return Array.from(input.weight.data);
    throw new Refused(`input ${index} is not known before the graph runs`);
  };
  return {
    graph: constants.graph,
    node,
    inputs,
    value: (index) => constants.value(inputs[index]),
    sizes,
    numbers: (index) => {
      const list = sizes(index);
      if (list.every((size) => size !== null)) return list as number[];
      throw new Refused(`input ${index} depends on the batch`);
    },
    constant: (index) => {
      const input = inputs[index];
      return input?.kind === 'constant' ? input.weight : undefined;
    },
  };
}

/** The file's constants as values of the graph, each written once and only where it is read. */
export class Constants {
  readonly graph: GraphBuilder;
  readonly #written = new Map<DecodedWeight, Value>();

  constructor(graph: GraphBuilder) {
    this.graph = graph;
  }

  value(operand: Operand | undefined): Value {
    if (operand?.kind === 'value') return operand.value;
    if (operand?.kind === 'sizes') return this.#sizes(operand.sizes, operand.scalar);
    if (operand?.kind !== 'constant') throw new Refused('an input is missing');
    const known = this.#written.get(operand.weight) ?? this.#write(operand.weight);
    this.#written.set(operand.weight, known);
    return known;
  }

  #sizes(sizes: readonly (number | null)[], scalar: boolean): Value {
    if (!sizes.every((size) => size !== null))
      throw new Refused('sizes that depend on the batch, where a tensor is wanted');
    const shape = scalar ? [] : [sizes.length];
    return {
      name: this.graph.constant('int32', sizes as number[], shape),
      shape,
      datatype: 'int32',
      layout: 'channels-last',
    };
  }

  #write({ name, shape, datatype, data }: DecodedWeight): Value {
    const written =
      data instanceof Float32Array
        ? this.graph.weight(name, shape, data)
        : this.graph.constant(datatype, Array.from(data), shape);
    return { name: written, shape, datatype, layout: 'channels-last' };
  }
}
