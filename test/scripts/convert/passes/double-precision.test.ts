import { createEngine, type TensorData } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { inDoublePrecision, WIDE } from '../../../../scripts/convert/passes/double-precision.ts';
import { type Attribute, GraphBuilder } from '../../../../scripts/onnx/graph.ts';

/** How an operator is used; all others take one or two numbers. */
const USES: Record<string, (graph: GraphBuilder) => [inputs: string[], attributes?: Record<string, Attribute>]> = {
  MatMul: (g) => [[x, g.float([1, 2, 3, 4], [2, 2])]],
  Gemm: (g) => [[x, g.float([1, 2, 3, 4], [2, 2]), g.float([1, 2])]],
  Cast: () => [[x], { to: 1 }],
  Reshape: (g) => [[x, g.ints([2, 1])]],
  Unsqueeze: (g) => [[x, g.ints([0])]],
  Squeeze: (g) => [[x, g.ints([0])]],
  Concat: (g) => [[x, g.float([1, 2], [1, 2])], { axis: 0 }],
  Transpose: () => [[x], { perm: [1, 0] }],
  Softmax: () => [[x], { axis: -1 }],
};
const UNARY = /^(Relu|Sigmoid|Tanh|Exp|Sqrt|Identity|Erf)$/;
const x = 'x';

function graphOf(operators: readonly string[]): Uint8Array {
  const graph = new GraphBuilder();
  graph.input(x, 'float32', [1, 2]);
  let last = x;
  for (const type of operators) {
    const [inputs, attributes] = USES[type]?.(graph) ?? [UNARY.test(type) ? [x] : [x, graph.float([0.1, 3])]];
    last = graph.op(
      type,
      inputs.map((name) => (name === x ? last : name)),
      attributes,
    );
  }
  graph.node('Identity', [last], ['y']);
  graph.output('y', 'float32', [null, null]);
  return graph.build();
}

async function run(onnx: Uint8Array, data: number[]): Promise<TensorData> {
  const engine = await createEngine(onnx);
  try {
    return (await engine.run({ x: { datatype: 'FP32', shape: [1, 2], data: new Float32Array(data) } })).y as TensorData;
  } finally {
    await engine.close();
  }
}

it.each([...WIDE])('onnxruntime computes %s in double precision, and the same', async (type) => {
  const onnx = graphOf([type]);
  const wide = inDoublePrecision(onnx);
  expect(wide).not.toEqual(onnx);
  const [single, double] = [await run(onnx, [0.25, 1.5]), await run(wide, [0.25, 1.5])];
  expect(double.datatype).toBe('FP32');
  expect(double.shape).toEqual(single.shape);
  double.data.forEach((value, i) => {
    expect(Number(value)).toBeCloseTo(Number(single.data[i]), 6);
  });
});

describe('rounding', () => {
  it('is done once, at the end', async () => {
    const onnx = graphOf(['Add', 'Sub', 'Add', 'Sub', 'Add', 'Sub']);
    expect([...(await run(inDoublePrecision(onnx), [1e-3, 1e-3])).data]).toEqual([
      Math.fround(1e-3),
      Math.fround(1e-3),
    ]);
    expect([...(await run(onnx, [1e-3, 1e-3])).data]).not.toEqual([Math.fround(1e-3), Math.fround(1e-3)]);
  });

  it('is done where the graph casts', async () => {
    const third = Math.fround(1 / 3);
    const [value] = (await run(inDoublePrecision(graphOf(['Add', 'Cast', 'Sub'])), [third, 0])).data;
    expect(value).toBe(Math.fround(Math.fround(third + Math.fround(0.1)) - Math.fround(0.1)));
  });
});

it('leaves graphs with other operators as they are', () => {
  const onnx = graphOf(['Erf']);
  expect(inDoublePrecision(onnx)).toBe(onnx);
});
