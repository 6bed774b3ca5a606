import { createEngine } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { readTfjsGraph, tfjsGraphReader } from '../../../../../scripts/read/formats/tfjs-graph/reader.ts';
import { runGraph } from '../../../../tensorflow-js/graph.ts';
import { attr, GraphFiles, type NodeJson } from '../../../convert/tensorflow/graph-files.ts';
import { writtenGraph } from '../../../convert/tensorflow/written-graph.ts';
import { memorySource } from '../../memory-source.ts';
import { formula, largestDifference } from '../tfjs-layers/tfjs-files.ts';

const STEP = { strides: attr.ints(1, 1, 1, 1), padding: attr.text('SAME') };

/** A small classifier: convolution, pooling, softmax. */
function classifier(): GraphFiles {
  const g = new GraphFiles();
  g.input('image', [-1, 6, 6, 3]);
  const features = g.op('_FusedConv2D', ['image', g.floats([3, 3, 3, 8]), g.floats([8])], {
    ...STEP,
    fused_ops: attr.texts('BiasAdd', 'Relu6'),
  });
  const pooled = g.op('Mean', [features, g.ints(1, 2)]);
  g.op('Softmax', [g.op('MatMul', [pooled, g.floats([8, 4])])]);
  return g;
}

function changed(
  files: Record<string, string | Uint8Array>,
  change: (json: { modelTopology: { node: NodeJson[] } } & Record<string, unknown>) => void,
) {
  const json = JSON.parse(files['model.json'] as string);
  change(json);
  return { ...files, 'model.json': JSON.stringify(json) };
}

const error = async (files: Record<string, string | Uint8Array>) =>
  writtenGraph(memorySource(files)).then(
    () => undefined,
    (caught) => caught,
  );

describe('tfjsGraphReader', () => {
  it('recognises graph models, and says what made them', async () => {
    const source = memorySource({ ...classifier().files(), 'labels.txt': 'a\nb\nc\nd' });
    expect(await tfjsGraphReader.recognises(source)).toBe(true);
    const imported = await readTfjsGraph(source);
    expect(imported).toMatchObject({
      kind: 'tensorflow',
      format: 'tfjs-graph',
      framework: 'tensorflow 2.15.0',
      labels: ['a', 'b', 'c', 'd'],
    });
    expect(imported.graphModel.inputs).toEqual([
      { name: 'image', node: 'image', datatype: 'float32', shape: [null, 6, 6, 3] },
    ]);
  });

  it('names inputs and outputs as the signature does, several of them too', async () => {
    const g = classifier();
    const softmax = g.nodes.at(-1)?.name as string;
    const files = changed(
      g.files({ probabilities: softmax, features: g.nodes.find(({ op }) => op === 'Mean')?.name as string }),
      (json) => {
        (json.signature as Record<string, unknown>).inputs = {
          picture: {
            name: 'image:0',
            dtype: 'DT_FLOAT',
            tensorShape: { dim: [{ size: '-1' }, { size: '6' }, { size: '6' }, { size: '3' }] },
          },
        };
      },
    );
    const { onnx, graphModel } = await writtenGraph(memorySource(files));
    const engine = await createEngine(onnx);
    try {
      expect(engine.inputs.map(({ name }) => name)).toEqual(['picture']);
      expect(engine.outputs.map(({ name }) => name)).toEqual(['probabilities', 'features']);
      const shape = [2, 6, 6, 3];
      const wanted = await runGraph(graphModel, [{ shape, data: formula(shape) }]);
      const answers = await engine.run({ picture: { datatype: 'FP32', shape, data: formula(shape) } });
      for (const [i, name] of ['probabilities', 'features'].entries()) {
        expect(largestDifference(answers[name]?.data as Float32Array, wanted[i]?.data as Float32Array)).toBeLessThan(
          1e-6,
        );
      }
    } finally {
      await engine.close();
    }
  });

  it('names every operator that it cannot write, once', async () => {
    const g = classifier();
    const boxes = g.op('NonMaxSuppressionV5', ['image']);
    g.op('Where', [boxes]);
    g.op('MirrorPad', ['image', g.ints(0, 0, 1, 1, 1, 1, 0, 0)], { mode: attr.text('SYMMETRIC') });
    g.op('Relu', ['image'], {});
    const caught = await error(g.files());
    expect(caught).toMatchObject({ code: 'unsupported-layer', remedy: expect.stringContaining('Conv2D') });
    expect(caught.details.unsupported.map(({ op }: { op: string }) => op).sort()).toEqual([
      'MirrorPad',
      'NonMaxSuppressionV5',
      'Where',
    ]);
    expect(caught.message).toContain('NonMaxSuppressionV5');
    expect(caught.message).toContain('SYMMETRIC');
  });

  it.each([
    [
      'a node that reads what is not there',
      (nodes: NodeJson[]) =>
        nodes[1]?.input?.splice(0, 9, 'nothing') ?? nodes.push({ name: 'x', op: 'Relu', input: ['nothing'] }),
      'file-damaged',
      'nothing',
    ],
    [
      'nodes in a circle',
      (nodes: NodeJson[]) =>
        nodes.push(
          { name: 'a', op: 'Relu', input: ['b'] },
          { name: 'b', op: 'Relu', input: ['a'] },
          { name: 'c', op: 'Relu', input: ['a'] },
        ),
      'file-damaged',
      'one after another',
    ],
    [
      'two nodes of one name',
      (nodes: NodeJson[]) => nodes.push({ ...(nodes[0] as NodeJson) }),
      'file-damaged',
      'one node of each name',
    ],
    [
      'names with control characters',
      (nodes: NodeJson[]) => nodes.push({ name: 'a\u001b[2J', op: 'Relu', input: ['image'] }),
      'file-hostile',
      'control',
    ],
    [
      'attributes of another kind',
      (nodes: NodeJson[]) => nodes.push({ name: 'a', op: 'Relu', input: ['image'], attr: { x: { f: 'no' } } }),
      'file-damaged',
      'attr',
    ],
    [
      'an input without a shape',
      (nodes: NodeJson[]) => delete (nodes[0] as NodeJson).attr?.shape,
      'unsupported-layer',
      'shape',
    ],
    [
      'an input of text',
      (nodes: NodeJson[]) => Object.assign(nodes[0]?.attr ?? {}, { dtype: attr.type('DT_STRING') }),
      'file-damaged',
      'DT_STRING',
    ],
    [
      'shapes that do not fit',
      (nodes: NodeJson[]) => Object.assign(nodes[0]?.attr ?? {}, { shape: attr.shape(-1, 6, 6, 5) }),
      'unsupported-layer',
      '5 channels and a kernel for 3',
    ],
    ['no nodes', (nodes: NodeJson[]) => nodes.splice(0), 'file-damaged', 'output'],
    [
      'a loop, by what it is',
      (nodes: NodeJson[]) =>
        nodes.push(
          { name: 'enter', op: 'Enter', input: ['image'] },
          { name: 'again', op: 'Merge', input: ['enter', 'next'] },
          { name: 'next', op: 'NextIteration', input: ['again'] },
          { name: 'exit', op: 'Exit', input: ['again'] },
        ),
      'unsupported-layer',
      'NextIteration',
    ],
    [
      'a branch',
      (nodes: NodeJson[]) => nodes.push({ name: 'if', op: 'StatelessIf', input: ['image'] }),
      'unsupported-layer',
      'StatelessIf',
    ],
  ] as [string, (nodes: NodeJson[]) => unknown, string, string][])('refuses %s', async (_, change, code, text) => {
    const caught = await error(changed(classifier().files(), (json) => change(json.modelTopology.node)));
    expect(caught).toMatchObject({ code });
    expect(caught.message).toContain(text);
  });

  it('reads graphs that are thousands of nodes deep', async () => {
    const g = new GraphFiles();
    g.input('x', [-1, 2]);
    let last = 'x';
    for (let i = 0; i < 20_000; i++) last = g.op('Neg', [last]);
    expect((await readTfjsGraph(memorySource(g.files()))).graphModel.nodes).toHaveLength(20_001);
  });
});
