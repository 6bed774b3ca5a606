import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { keepPadding } from '../../../../scripts/convert/onnx/keep-padding.ts';
import { prepareOnnx } from '../../../../scripts/import/prepare-onnx.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
} from '../../../../scripts/onnx/schema/onnx_pb.ts';

interface Pool {
  readonly pads?: readonly number[];
  readonly ceil_mode?: number;
  readonly auto_pad?: string;
}

/** Zeros on both sides of ten numbers, and a pool of three over them in steps of two. */
function padAndPool(pool: Pool): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [null, 1, 10]);
  graph.reserve('y');
  const padded = graph.op('Pad', [x, graph.ints([0, 0, 1, 0, 0, 1]), graph.float(0)], { mode: 'constant' });
  graph.node('MaxPool', [padded], ['y'], { kernel_shape: [3], strides: [2], ...pool });
  graph.output('y', 'float32', [null, 1, null]);
  return graph.build();
}

const data = Float32Array.from({ length: 10 }, (_, i) => i - 20);

async function answer(onnx: Uint8Array): Promise<number[]> {
  const engine = await createEngine(onnx, { threads: 1 });
  const { y } = await engine.run({ x: { datatype: 'FP32', shape: [1, 1, 10], data } });
  await engine.close();
  return Array.from(y?.data as Float32Array);
}

/** The graph as it is written: zeros first, then the pool's own padding, which counts for nothing. */
function byHand({ pads: [before = 0, after = 0] = [], ceil_mode = 0 }: Pool): number[] {
  const nothing = (count: number) => Array.from({ length: count }, () => Number.NEGATIVE_INFINITY);
  const cells = [...nothing(before), 0, ...data, 0, ...nothing(after)];
  const windows = (ceil_mode ? Math.ceil : Math.floor)((cells.length - 3) / 2) + 1;
  return Array.from({ length: windows }, (_, w) => Math.max(...cells.slice(2 * w, 2 * w + 3)));
}

function kept(onnx: Uint8Array): { changed: number; bytes: Uint8Array } {
  const model = fromBinary(ModelProtoSchema, onnx);
  return { changed: keepPadding(model), bytes: toBinary(ModelProtoSchema, model) };
}

/** The same graph, with its pool in a function of the model: the Pad stays outside. */
function withPoolInFunction(onnx: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, onnx);
  const pool = model.graph?.node.at(-1) as NodeProto;
  const call = create(NodeProtoSchema, { opType: 'Pool', domain: 'own', input: [...pool.input], output: ['y'] });
  model.graph?.node.splice(-1, 1, call);
  pool.input = ['in'];
  pool.output = ['out'];
  const opsetImport = [...model.opsetImport];
  const body = { name: 'Pool', domain: 'own', input: ['in'], output: ['out'], node: [pool], opsetImport };
  model.functions.push(create(FunctionProtoSchema, body));
  model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: 'own', version: 1n }));
  return toBinary(ModelProtoSchema, model);
}

/** The same graph, with its pool in both branches of an If. */
function withPoolInBranch(onnx: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, onnx);
  const graph = model.graph as GraphProto;
  const pool = graph.node.at(-1) as NodeProto;
  const branch = (name: string, node: NodeProto) => {
    const output = graph.output.map((info) => ({ ...info, name: node.output[0] as string }));
    const g = create(GraphProtoSchema, { name, node: [node], output });
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.GRAPH, g });
  };
  const taken = branch('then_branch', { ...pool, output: ['taken'] });
  const other = create(NodeProtoSchema, { opType: 'Neg', input: [pool.input[0] as string], output: ['other'] });
  const condition = create(TensorProtoSchema, { name: 'yes', dataType: TensorProto_DataType.BOOL, int32Data: [1] });
  graph.initializer.push(condition);
  const node = { opType: 'If', input: ['yes'], output: ['y'], attribute: [taken, branch('else_branch', other)] };
  graph.node.splice(-1, 1, create(NodeProtoSchema, node));
  return toBinary(ModelProtoSchema, model);
}

describe('keepPadding', () => {
  it.each<Pool>([{}, { pads: [0, 0] }, { pads: [1, 1] }, { pads: [0, 1] }, { ceil_mode: 1 }])(
    'lets zeros before a MaxPool count: %j',
    async (pool) => {
      const { changed, bytes } = kept(padAndPool(pool));
      expect(changed).toBe(1);
      expect(await answer(bytes)).toEqual(byHand(pool));
    },
  );

  it('is needed: onnxruntime takes the zeros for nothing', async () => {
    expect(byHand({})[0]).toBe(0);
    expect((await answer(padAndPool({})))[0]).toBe(-19);
  });

  it('says where the largest number lies in what the pool is given, not in what its own padding makes of it', async () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', [null, 1, 10]);
    graph.reserve('places');
    const padded = graph.op('Pad', [x, graph.ints([0, 0, 1, 0, 0, 1]), graph.float(0)], { mode: 'reflect' });
    graph.node('MaxPool', [padded], ['y', 'places'], { kernel_shape: [3], strides: [2], pads: [1, 1] });
    graph.output('places', 'int64', [null, 1, null]);
    const engine = await createEngine(kept(graph.build()).bytes, { threads: 1 });
    const { places } = await engine.run({ x: { datatype: 'FP32', shape: [1, 1, 10], data } });
    await engine.close();
    expect(Array.from(places?.data as BigInt64Array, Number)).toEqual([0, 3, 5, 7, 9, 10]);
  });

  it('keeps padding of other numbers than float32', async () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float64', [null, 1, 10]);
    graph.reserve('y');
    const zero = graph.constant('float64', [0], []);
    const padded = graph.op('Pad', [x, graph.ints([0, 0, 1, 0, 0, 1]), zero], { mode: 'constant' });
    graph.node('MaxPool', [padded], ['y'], { kernel_shape: [3], strides: [2], pads: [1, 1] });
    graph.output('y', 'float64', [null, 1, null]);
    const engine = await createEngine(kept(graph.build()).bytes, { threads: 1 });
    const { y } = await engine.run({ x: { datatype: 'FP64', shape: [1, 1, 10], data: Float64Array.from(data) } });
    await engine.close();
    expect(Array.from(y?.data as Float64Array)).toEqual(byHand({ pads: [1, 1] }));
  });

  it.each<Pool>([{}, { pads: [1, 1] }])('looks into functions, which onnxruntime writes out: %j', async (pool) => {
    const onnx = withPoolInFunction(padAndPool(pool));
    expect((await answer(onnx))[0]).toBeLessThan(0);
    const { changed, bytes } = kept(onnx);
    expect(changed).toBe(1);
    expect(await answer(bytes)).toEqual(byHand(pool));
  });

  it('looks into branches, which onnxruntime writes out where a constant decides', async () => {
    const { changed, bytes } = kept(withPoolInBranch(padAndPool({})));
    expect(changed).toBe(1);
    expect(await answer(bytes)).toEqual(byHand({}));
  });

  it('knows the name of the domain that is mostly left out', async () => {
    const model = fromBinary(ModelProtoSchema, padAndPool({}));
    for (const node of model.graph?.node ?? []) node.domain = 'ai.onnx';
    const { changed, bytes } = kept(toBinary(ModelProtoSchema, model));
    expect(changed).toBe(1);
    expect(await answer(bytes)).toEqual(byHand({}));
  });

  it('leaves pools alone that name a rule, and those behind anything else', () => {
    expect(kept(padAndPool({ auto_pad: 'SAME_UPPER' })).changed).toBe(0);
    const graph = new GraphBuilder();
    const x = graph.op('Relu', [graph.input('x', 'float32', [null, 1, 10])]);
    graph.reserve('y');
    graph.node('MaxPool', [x], ['y'], { kernel_shape: [3], pads: [1, 1] });
    graph.output('y', 'float32', [null, 1, 10]);
    expect(kept(graph.build()).changed).toBe(0);
  });

  it('is part of an import, which says so', async () => {
    const imported = { kind: 'onnx', format: 'onnx', onnx: padAndPool({}), notes: [] } as const;
    const { onnx, notes } = await prepareOnnx(imported, { pictures: {}, allowNonfinite: false });
    expect(await answer(onnx)).toEqual(byHand({}));
    expect(notes.join()).toContain('1 MaxPool behind a Pad');
  });
});
