import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTfjsGraph } from '../../../../scripts/read/formats/tfjs-graph/reader.ts';
import { openSource } from '../../../../scripts/read/source.ts';
import { evaluateGraph } from '../../../../scripts/reference/tensorflow/evaluate-graph.ts';
import { runGraph } from '../../../tensorflow-js/graph.ts';
import { CASES } from '../../convert/tensorflow/cases.ts';
import { attr, GraphFiles } from '../../convert/tensorflow/graph-files.ts';
import { formula } from '../../read/formats/tfjs-layers/tfjs-files.ts';
import { memorySource } from '../../read/memory-source.ts';
import { farthest } from '../evaluator/recorded.ts';

const read = async (g: GraphFiles, output: string) =>
  (await readTfjsGraph(memorySource(g.files({ y: output })))).graphModel;

describe('the plain evaluator of graphs answers as TensorFlow.js', () => {
  it.each(CASES)('$name', async ({ shape, build }) => {
    const g = new GraphFiles();
    g.input('x', shape);
    const graph = await read(g, build(g));
    for (const batch of [1, 3]) {
      const dims = [batch, ...shape.slice(1)];
      const input = { shape: dims, data: formula(dims).map((v) => 2 * v - 1) };
      const [wanted, received] = [await runGraph(graph, [input]), await evaluateGraph(graph, [input])];
      const plain = wanted.map((answer) => ({ shape: answer.shape, data: Array.from(answer.data) }));
      expect(farthest(plain, received)).toBeLessThanOrEqual(3e-6);
    }
  });
});

describe('evaluateGraph', () => {
  it('answers as the TensorFlow that made the graph', async () => {
    const folder = fileURLToPath(new URL('../../../fixtures/tfjs-graph/', import.meta.url));
    const { input, output } = JSON.parse(await readFile(`${folder}expected.json`, 'utf8'));
    const source = await openSource(`${folder}model.json`);
    const { graphModel } = await readTfjsGraph(source).finally(() => source.close());
    const given = { shape: input.shape, data: formula(input.shape) };
    expect(farthest([output], await evaluateGraph(graphModel, [given]))).toBeLessThan(1e-6);
  });

  it('divides integers as C does', async () => {
    const g = new GraphFiles();
    g.input('x', [-1, 2]);
    const halves = g.op('Div', [g.ints(7, -7), g.ints(2, 2)]);
    const graph = await read(g, g.op('Mul', ['x', g.op('Cast', [halves], { DstT: attr.type('DT_FLOAT') })]));
    const [answer] = await evaluateGraph(graph, [{ shape: [1, 2], data: Float32Array.of(1, 1) }]);
    expect(Array.from(answer?.data ?? [])).toEqual([3, -3]);
  });

  it('refuses an operator that it does not know, and inputs that are missing', async () => {
    const g = new GraphFiles();
    g.input('x', [-1, 2]);
    const graph = await read(g, g.op('Relu', ['x']));
    const nodes = graph.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Twirl' } : node));
    const input = { shape: [1, 2], data: Float32Array.of(1, 1) };
    const unsupported = { code: 'reference-unsupported' };
    await expect(evaluateGraph({ ...graph, nodes }, [input])).rejects.toMatchObject(unsupported);
    await expect(evaluateGraph(graph, [])).rejects.toMatchObject(unsupported);
  });
});
