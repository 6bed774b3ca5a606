import { createEngine, type TensorData } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { OPERATOR_NAMES } from '../../../../scripts/convert/tensorflow/operators/index.ts';
import { EXECUTORS } from '../../../../scripts/reference/tensorflow/operators.ts';
import { runGraph } from '../../../tensorflow-js/graph.ts';
import { formula, largestDifference } from '../../read/formats/tfjs-layers/tfjs-files.ts';
import { memorySource } from '../../read/memory-source.ts';
import { CASES } from './cases.ts';
import { GraphFiles } from './graph-files.ts';
import { writtenGraph } from './written-graph.ts';

const seen = new Set<string>();

describe('operators of graph models', () => {
  it.each(CASES)('$name: onnxruntime answers as TensorFlow.js', async ({ shape, build }) => {
    const g = new GraphFiles();
    g.input('x', shape);
    const files = g.files({ y: build(g) });
    for (const { op } of g.nodes) seen.add(op);
    const { onnx, graphModel } = await writtenGraph(memorySource(files));
    const engine = await createEngine(onnx);
    try {
      for (const batch of [1, 3]) {
        const dims = [batch, ...shape.slice(1)];
        // -1..1: activations are to have something on both sides.
        const data = formula(dims).map((v) => 2 * v - 1);
        const [wanted] = await runGraph(graphModel, [{ shape: dims, data }]);
        const answer = (await engine.run({ x: { datatype: 'FP32', shape: dims, data } })).y as TensorData;
        expect(answer.shape).toEqual(wanted?.shape);
        expect(largestDifference(answer.data as Float32Array, wanted?.data as Float32Array)).toBeLessThanOrEqual(1e-5);
      }
      // The shape that the graph states is the one that it gives.
      const stated = engine.outputs[0]?.shape.slice(1);
      expect(stated).not.toContain(null);
    } finally {
      await engine.close();
    }
  });

  it('has an executor and a case for each', () => {
    expect(Object.keys(EXECUTORS).sort()).toEqual(OPERATOR_NAMES);
    expect(OPERATOR_NAMES.filter((op) => !seen.has(op))).toEqual([]);
  });
});
