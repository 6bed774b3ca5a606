import { create, toBinary } from '@bufbuild/protobuf';
import type { Shape } from '#keras';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './schema/onnx_pb.ts';

/** The operator set that every graph here is written against; onnxruntime 1.20 and later run it. */
const OPSET = 21;
const IR_VERSION = 10;

export type Datatype = 'float32' | 'float64' | 'uint8' | 'int8' | 'int32' | 'int64' | 'bool';

const DATATYPE_CODES: Record<Datatype, number> = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  uint8: TensorProto_DataType.UINT8,
  int8: TensorProto_DataType.INT8,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

const ARRAYS: Record<Datatype, (values: readonly number[]) => ArrayBufferView> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  int8: (values) => Int8Array.from(values),
  int32: (values) => Int32Array.from(values),
  int64: (values) => BigInt64Array.from(values, (value) => BigInt(Math.trunc(value))),
  bool: (values) => Uint8Array.from(values, (value) => (value ? 1 : 0)),
};

/** ONNX's numbers for datatypes, as `Cast` wants them. */
export const DATATYPE_NUMBERS: Readonly<Record<Datatype, number>> = DATATYPE_CODES;

/**
 * How a value's axes lie in memory. Keras puts channels last, ONNX's convolutions want them first: values stay as they
 * are until a layer asks for the other order, so that a chain of convolutions transposes once at each end.
 */
export type Layout = 'channels-last' | 'channels-first';

/** A tensor in the graph. `shape` is always in Keras's axis order, whatever `layout` says of the memory. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  readonly datatype: Datatype;
  readonly layout: Layout;
  /** A bool tensor [batch, time]: which steps of a sequence are there. Keras hands it on from layer to layer. */
  readonly mask?: string;
}

export type Attribute =
  | number
  | bigint
  | string
  | readonly number[]
  | { float: number }
  | { floats: readonly number[] }
  | { strings: readonly string[] }
  /** The body of a loop. */
  | { graph: GraphBuilder };

/** Builds one ONNX graph node by node. Names are made here and are the same for the same calls. */
export class GraphBuilder {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #constants = new Map<string, string>();
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #names: Set<string> = new Set();
  readonly #numbers = new Map<string, number>();
  readonly #transposed = new Map<string, Value>();
  readonly #outer: GraphBuilder | undefined;

  /** @param outer the graph that this is a loop's body of: it may read all that was written there before */
  constructor(outer?: GraphBuilder) {
    this.#outer = outer;
    // A body's names may not stand for anything else around it; constants are kept outside.
    if (outer) this.#names = outer.#names;
  }

  /** A graph input. `dims` is the memory order; `null` is a free axis. */
  input(name: string, datatype: Datatype, dims: Shape): string {
    this.#claim(name);
    this.#inputs.push(valueInfo(name, datatype, dims));
    return name;
  }

  /** Keeps a name free for a graph output that is written later. */
  reserve(name: string): void {
    this.#claim(name);
  }

  /** A name that nothing has, for an input whose name nobody sees. `input` claims it. */
  freeName(base: string): string {
    if (!this.#names.has(base)) return base;
    // Names are never given back: all below this number are taken. Counting from 2 each time is slow from 10,000 on.
    let number = this.#numbers.get(base) ?? 2;
    while (this.#names.has(`${base}_${number}`)) number++;
    this.#numbers.set(base, number);
    return `${base}_${number}`;
  }

  /** Declares `name` (an operator's result) a graph output. */
  output(name: string, datatype: Datatype, dims: Shape): void {
    this.#outputs.push(valueInfo(name, datatype, dims));
  }

  /** A weight or constant that keeps a name of its own. */
  weight(name: string, dims: readonly number[], data: ArrayBufferView, datatype: Datatype = 'float32'): string {
    if (this.#outer) return this.#outer.weight(name, dims, data, datatype);
    const unique = this.#unique(name);
    this.#initializers.push(tensor(unique, datatype, dims, data));
    return unique;
  }

  /** A scalar (`dims` omitted) or a small float constant; equal constants are stored once. */
  float(values: number | readonly number[], dims?: readonly number[]): string {
    const list = typeof values === 'number' ? [values] : values;
    const shape = dims ?? (typeof values === 'number' ? [] : [list.length]);
    return this.#constant('float32', list, shape, new Float32Array(list));
  }

  /** A one-dimensional int64 constant, as shapes and axes want it; equal constants are stored once. */
  ints(values: readonly number[]): string {
    return this.#constant('int64', values, [values.length], new BigInt64Array(values.map(BigInt)));
  }

  /** A scalar int64 constant. */
  int(value: number): string {
    return this.#constant('int64', [value], [], new BigInt64Array([BigInt(value)]));
  }

  /** A constant of any datatype; equal constants are stored once. */
  constant(datatype: Datatype, values: readonly number[], dims: readonly number[]): string {
    return this.#constant(datatype, values, dims, ARRAYS[datatype](values));
  }

  /** Adds an operator with one result and returns the result's name. An empty input name leaves an optional input out. */
  op(type: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    return this.ops(type, inputs, 1, attributes)[0] as string;
  }

  /** Adds an operator with several results. */
  ops(type: string, inputs: readonly string[], results: number, attributes: Record<string, Attribute> = {}): string[] {
    const base = this.#unique(type);
    const names = [base];
    for (let i = 1; i < results; i++) names.push(this.#unique(`${base}.${i}`));
    this.node(type, inputs, names, attributes);
    return names;
  }

  /** Adds an operator whose results have given names (graph outputs with a public name). */
  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, Attribute> = {},
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    for (const name of outputs) this.#names.add(name);
    this.#nodes.push(
      create(NodeProtoSchema, {
        name: outputs[0] as string,
        opType: type,
        input: [...inputs],
        output: [...outputs],
        attribute,
      }),
    );
  }

  /** The same value with its memory in `layout`; a value of rank below 3 has only one layout and is returned as it is. */
  toLayout(value: Value, layout: Layout): Value {
    if (value.layout === layout || value.shape.length < 3) return { ...value, layout };
    const key = `${value.name} ${layout}`;
    const known = this.#transposed.get(key);
    if (known) return known;
    const rank = value.shape.length;
    const spatial = Array.from({ length: rank - 2 }, (_, i) => i);
    const perm =
      layout === 'channels-first' ? [0, rank - 1, ...spatial.map((i) => i + 1)] : [0, ...spatial.map((i) => i + 2), 1];
    const result: Value = { ...value, name: this.op('Transpose', [value.name], { perm }), layout };
    this.#transposed.set(key, result);
    this.#transposed.set(`${result.name} ${value.layout}`, value);
    return result;
  }

  /** The finished model, serialized. */
  build(graphName = 'freezeframe'): Uint8Array {
    const model = create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      producerName: 'freezeframe',
      opsetImport: [{ domain: '', version: BigInt(OPSET) }],
      graph: this.proto(graphName),
    });
    return toBinary(ModelProtoSchema, model);
  }

  proto(name: string): GraphProto {
    return create(GraphProtoSchema, {
      name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    });
  }

  #constant(datatype: Datatype, values: readonly number[], dims: readonly number[], data: ArrayBufferView): string {
    if (this.#outer) return this.#outer.#constant(datatype, values, dims, data);
    // -0 and 0 are different constants; Array.join would make them one.
    const key = `${datatype} [${dims}] ${values.map((v) => (Object.is(v, -0) ? '-0' : String(v)))}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const name = this.#unique('constant');
    this.#constants.set(key, name);
    this.#initializers.push(tensor(name, datatype, dims, data));
    return name;
  }

  #claim(name: string): void {
    if (this.#names.has(name)) throw new Error(`graph name ${name} is taken`);
    this.#names.add(name);
  }

  #unique(base: string): string {
    const name = this.freeName(base);
    this.#names.add(name);
    return name;
  }
}

function tensor(name: string, datatype: Datatype, dims: readonly number[], data: ArrayBufferView): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: DATATYPE_CODES[datatype],
    dims: dims.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

function valueInfo(name: string, datatype: Datatype, dims: Shape): ValueInfoProto {
  const dim = dims.map((size, axis) => ({
    value:
      size === null
        ? { case: 'dimParam' as const, value: axis === 0 ? 'batch' : `${name}_axis${axis}` }
        : { case: 'dimValue' as const, value: BigInt(size) },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: DATATYPE_CODES[datatype], shape: { dim } } } },
  });
}

/** Numbers become ints where they are whole; `{ float }` forces a float attribute. */
function attributeProto(name: string, value: Attribute): AttributeProto {
  const { FLOAT, FLOATS, GRAPH, INT, INTS, STRING, STRINGS } = AttributeProto_AttributeType;
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, { name, type: STRING, s: new TextEncoder().encode(value) });
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value) });
  }
  if ('float' in value) return create(AttributeProtoSchema, { name, type: FLOAT, f: value.float });
  if ('floats' in value) return create(AttributeProtoSchema, { name, type: FLOATS, floats: [...value.floats] });
  if ('strings' in value) {
    const strings = value.strings.map((text) => new TextEncoder().encode(text));
    return create(AttributeProtoSchema, { name, type: STRINGS, strings });
  }
  if ('graph' in value) return create(AttributeProtoSchema, { name, type: GRAPH, g: value.graph.proto(name) });
  return create(AttributeProtoSchema, { name, type: INTS, ints: value.map(BigInt) });
}
