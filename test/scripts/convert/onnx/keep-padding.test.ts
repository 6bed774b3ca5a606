import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { keepPadding } from '../../../../scripts/convert/onnx/keep-padding.ts';
import { prepareOnnx } from '../../../../scripts/import/prepare-onnx.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import { ModelProtoSchema } from '../../../../scripts/onnx/schema/onnx_pb.ts';

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
    expect(notes.join()).toContain('1 of its MaxPools follow a Pad');
  });
});
