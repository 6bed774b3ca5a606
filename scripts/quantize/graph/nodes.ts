import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  subgraphs,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
} from '#onnx';

/** Who makes and who reads each value of a graph. */
export class GraphIndex {
  readonly graph: GraphProto;
  readonly #producers = new Map<string, NodeProto>();
  readonly #readers = new Map<string, NodeProto[]>();
  readonly #constants: ReadonlyMap<string, TensorProto>;
  readonly #outputs: ReadonlySet<string>;

  constructor(graph: GraphProto) {
    this.graph = graph;
    this.#constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
    this.#outputs = new Set(graph.output.map(({ name }) => name));
    for (const node of graph.node) {
      for (const name of node.output) this.#producers.set(name, node);
      for (const name of new Set([...node.input, ...namesWithin(node)]))
        this.#readers.set(name, [...(this.#readers.get(name) ?? []), node]);
    }
  }

  producer(name: string): NodeProto | undefined {
    return this.#producers.get(name);
  }

  readers(name: string): readonly NodeProto[] {
    return this.#readers.get(name) ?? [];
  }

  /** The only node that reads the value, where nothing else does. */
  onlyReader(name: string): NodeProto | undefined {
    const [reader, ...others] = this.readers(name);
    return others.length === 0 && !this.isOutput(name) ? reader : undefined;
  }

  constant(name: string | undefined): TensorProto | undefined {
    return name ? this.#constants.get(name) : undefined;
  }

  /** Float32 numbers of a constant. */
  floats(name: string | undefined): Float32Array | undefined {
    const tensor = this.constant(name);
    if (tensor?.dataType !== TensorProto_DataType.FLOAT) return undefined;
    if (tensor.rawData.length === 0) return Float32Array.from(tensor.floatData);
    return new Float32Array(Uint8Array.from(tensor.rawData).buffer);
  }

  isOutput(name: string): boolean {
    return this.#outputs.has(name);
  }
}

/** Values that the bodies of a loop or a branch read. */
export function namesWithin(node: NodeProto): string[] {
  return subgraphs(node).flatMap(({ node: inner }) => inner.flatMap((one) => [...one.input, ...namesWithin(one)]));
}

export function numberOf({ attribute }: NodeProto, name: string, otherwise: number): number {
  const found = attribute.find((one) => one.name === name);
  if (!found) return otherwise;
  return found.type === AttributeProto_AttributeType.FLOAT ? found.f : Number(found.i);
}

export function numbersOf({ attribute }: NodeProto, name: string): number[] | undefined {
  return attribute.find((one) => one.name === name)?.ints.map(Number);
}

export function textOf({ attribute }: NodeProto, name: string): string | undefined {
  const found = attribute.find((one) => one.name === name);
  return found && new TextDecoder().decode(found.s);
}

export function intAttribute(name: string, value: number) {
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
}

export function floatAttribute(name: string, value: number) {
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value });
}

/** A node that is called after what it gives; other nodes may have that name alone. */
export function makeNode(
  opType: string,
  input: readonly string[],
  output: string,
  attribute: NodeProto['attribute'] = [],
  domain = '',
): NodeProto {
  return create(NodeProtoSchema, {
    name: `${opType}:${output}`,
    opType,
    domain,
    input: [...input],
    output: [output],
    attribute,
  });
}

const DATATYPES = [
  [Uint8Array, TensorProto_DataType.UINT8],
  [Int8Array, TensorProto_DataType.INT8],
  [Int32Array, TensorProto_DataType.INT32],
  [Float32Array, TensorProto_DataType.FLOAT],
  [BigInt64Array, TensorProto_DataType.INT64],
] as const;

export function makeTensor(
  name: string,
  dims: readonly (number | bigint)[],
  data: Uint8Array | Int8Array | Int32Array | Float32Array | BigInt64Array,
): TensorProto {
  const [, dataType] = DATATYPES.find(([array]) => data instanceof array) as (typeof DATATYPES)[number];
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData });
}

/** Names that nothing in the graph has. */
export function nameMaker(graph: GraphProto): (base: string) => string {
  const taken = new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap((node) => [...node.input, ...node.output, ...namesWithin(node)]),
  ]);
  return (base) => {
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
    taken.add(name);
    return name;
  };
}
