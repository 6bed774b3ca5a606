import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../../../scripts/onnx/schema/onnx_pb.ts';

const tensor = (name: string, dims: number[], dataType: number, rawData: Uint8Array): TensorProto =>
  create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData });
const ints = (name: string, values: number[], dims = [values.length]) =>
  tensor(name, dims, TensorProto_DataType.INT64, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));

export const node = (opType: string, input: string[], output: string[], rest: Partial<NodeProto> = {}): NodeProto =>
  create(NodeProtoSchema, { opType, input, output, ...rest } as never);
const info = (name: string, dims: number[] | undefined, elemType = 1): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType,
          ...(dims
            ? { shape: { dim: dims.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })) } }
            : {}),
        },
      },
    },
  });
const body = (g: GraphProto, name = 'body') =>
  create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.GRAPH, g });

/** x [1, 4] to y, made by these nodes. */
export function onnxOf(parts: Partial<GraphProto>, model: Partial<ModelProto> = {}): Uint8Array {
  const graph = create(GraphProtoSchema, {
    name: 'g',
    input: [info('x', [1, 4])],
    output: [info('y', [1, 4])],
    ...parts,
  } as never);
  const opsetImport = [create(OperatorSetIdProtoSchema, { domain: '', version: 17n })];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph, ...model } as never));
}

/** Counts to 2^62. */
export function endlessLoop(): Uint8Array {
  const inner = create(GraphProtoSchema, {
    name: 'body',
    input: [info('i', [], 7), info('go', [], 9), info('v', [1, 4])],
    output: [info('still', [], 9), info('w', [1, 4])],
    node: [node('Identity', ['go'], ['still']), node('Sin', ['v'], ['w'])],
  });
  return onnxOf({
    initializer: [ints('times', [2 ** 52], []), tensor('yes', [], TensorProto_DataType.BOOL, new Uint8Array([1]))],
    node: [node('Loop', ['times', 'yes', 'x'], ['y'], { attribute: [body(inner)] })],
  });
}

/** Expands four numbers to `gigabytes`, and sums them up again. */
export function hungryGraph(gigabytes = 6): Uint8Array {
  const axes = ints('axes', [0]);
  return onnxOf({
    initializer: [ints('large', [gigabytes * 2 ** 26, 4]), axes],
    node: [
      node('Expand', ['x', 'large'], ['many']),
      node('Sin', ['many'], ['more']),
      node('ReduceSum', ['more', 'axes'], ['y']),
    ],
  });
}

/** A function that calls itself. */
export function recursiveFunction(): Uint8Array {
  const functions = [
    create(FunctionProtoSchema, {
      name: 'Again',
      domain: 'own',
      input: ['a'],
      output: ['b'],
      node: [node('Again', ['a'], ['b'], { domain: 'own' })],
      opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 17n })],
    }),
  ];
  const opsetImport = ['', 'own'].map((domain) =>
    create(OperatorSetIdProtoSchema, { domain, version: domain === '' ? 17n : 1n }),
  );
  return onnxOf({ node: [node('Again', ['x'], ['y'], { domain: 'own' })] }, { functions, opsetImport });
}

/** Functions of which each calls the next twice: 2^depth nodes once they are written out. */
export function doublingFunctions(depth: number): Uint8Array {
  const functions = Array.from({ length: depth }, (_, i) =>
    create(FunctionProtoSchema, {
      name: `f${i}`,
      domain: 'own',
      input: ['a'],
      output: ['b'],
      node:
        i === depth - 1
          ? [node('Sin', ['a'], ['b'])]
          : [node(`f${i + 1}`, ['a'], ['m'], { domain: 'own' }), node(`f${i + 1}`, ['m'], ['b'], { domain: 'own' })],
      opsetImport: ['', 'own'].map((domain) =>
        create(OperatorSetIdProtoSchema, { domain, version: domain === '' ? 17n : 1n }),
      ),
    }),
  );
  const opsetImport = ['', 'own'].map((domain) =>
    create(OperatorSetIdProtoSchema, { domain, version: domain === '' ? 17n : 1n }),
  );
  return onnxOf({ node: [node('f0', ['x'], ['y'], { domain: 'own' })] }, { functions, opsetImport });
}

/** `If`s within `If`s. */
export function deepIfs(depth: number): Uint8Array {
  let inner = create(GraphProtoSchema, {
    name: 'end',
    output: [info('o', [1, 4])],
    node: [node('Sin', ['x'], ['o'])],
  });
  for (let i = 0; i < depth; i++) {
    const output = `o${i}`;
    const attribute = ['then_branch', 'else_branch'].map((name, k) =>
      body(
        k === 0
          ? inner
          : create(GraphProtoSchema, { name: 'e', output: [info('e', [1, 4])], node: [node('Sin', ['x'], ['e'])] }),
        name,
      ),
    );
    inner = create(GraphProtoSchema, {
      name: `g${i}`,
      output: [info(output, [1, 4])],
      node: [node('If', ['c'], [output], { attribute })],
    });
  }
  return onnxOf({
    initializer: [tensor('c', [], TensorProto_DataType.BOOL, new Uint8Array([1]))],
    node: [...inner.node, node('Identity', [inner.output[0]?.name ?? ''], ['y'])],
  });
}
