import { describe, expect, it } from 'vitest';
import { checkBatches } from '../../../../scripts/import/checks/check-batches.ts';
import { allFinite } from '../../../../scripts/import/checks/check-weights.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';

const samples = { x: { datatype: 'FP32', shape: [3, 2], data: new Float32Array([1, 2, 3, 4, 5, 6]) } } as const;

function graph(write: (builder: GraphBuilder, x: string) => string, dims: (number | null)[] = [null, 2]): Uint8Array {
  const builder = new GraphBuilder();
  const x = builder.input('x', 'float32', [null, 2]);
  builder.reserve('y');
  builder.node('Identity', [write(builder, x)], ['y']);
  builder.output('y', 'float32', dims);
  return builder.build();
}

describe('checkBatches', () => {
  it('accepts rows that are answered alike alone and among others', async () => {
    const doubled = graph((builder, x) => builder.op('Add', [x, x]));
    expect(await checkBatches(doubled, [[null, 2]], samples)).toBe(0);
  });

  it('refuses an answer that depends on the rows beside it', async () => {
    const mixed = graph((builder, x) => builder.op('Sub', [x, builder.op('ReduceMean', [x, builder.ints([0])])]));
    await expect(checkBatches(mixed, [[null, 2]], samples)).rejects.toMatchObject({ code: 'verification-failed' });
  });

  it('refuses a shape that is not the one that Keras has, whatever the file declares', async () => {
    const wide = graph((builder, x) => builder.op('Concat', [x, x], { axis: 1 }), [null, 4]);
    await expect(checkBatches(wide, [[null, 2]], samples)).rejects.toMatchObject({ code: 'verification-failed' });
    expect(await checkBatches(wide, [[null, 4]], samples)).toBe(0);
  });
});

describe('allFinite', () => {
  it.each([[[1, Number.NaN]], [[Number.NEGATIVE_INFINITY, 1]], [[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]]])(
    'sees %s',
    (values) => expect(allFinite(new Float32Array(values))).toBe(false),
  );
  it('passes large and small numbers', () =>
    expect(allFinite(new Float32Array([3.4e38, -3.4e38, 1e-45, 0]))).toBe(true));
});
