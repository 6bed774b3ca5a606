import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@freezeframe/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../../scripts/import/import-model.ts';
import { verifyGraph } from '../../../scripts/import/prepare-graph.ts';
import { GRAPH_EVALUATOR } from '../../../scripts/reference/tensorflow/evaluate-graph.ts';
import { openStore } from '../../../scripts/store/index.ts';
import { attr, GraphFiles } from '../convert/tensorflow/graph-files.ts';
import { writtenGraph } from '../convert/tensorflow/written-graph.ts';
import { memorySource } from '../read/memory-source.ts';

function pictureClassifier(bias?: number[], batch = -1): GraphFiles {
  const g = new GraphFiles();
  g.input('image', [batch, 8, 8, 3]);
  const step = {
    strides: attr.ints(1, 2, 2, 1),
    padding: attr.text('SAME'),
    fused_ops: attr.texts('BiasAdd', 'Relu6'),
  };
  const features = g.op('_FusedConv2D', ['image', g.floats([3, 3, 3, 8]), g.floats([8], bias)], step);
  g.op('Softmax', [g.op('MatMul', [g.op('Mean', [features, g.ints(1, 2)]), g.floats([8, 2])])]);
  return g;
}

const read = (g: GraphFiles) => writtenGraph(memorySource(g.files()));

describe('verifyGraph', () => {
  it('compares batches with TensorFlow.js', async () => {
    const { maxDifference, samples } = await verifyGraph(await read(pictureClassifier()));
    expect(samples).toBe(3);
    expect(maxDifference).toBeLessThan(1e-6);
    expect((await verifyGraph(await read(pictureClassifier(undefined, 1)))).samples).toBe(1);
  });

  it('takes a size that the graph answers, where its sides are free', async () => {
    const g = new GraphFiles();
    g.input('line', [-1, 1, -1, 1]);
    const step = { ksize: attr.ints(1, 1, 3, 1), strides: attr.ints(1, 1, 3, 1), padding: attr.text('VALID') };
    const third = g.op('MaxPool', ['line'], step);
    g.op('AddV2', ['line', g.op('ConcatV2', [third, third, third, g.ints(2)])]);
    expect((await verifyGraph(await read(g))).samples).toBe(3);
  });

  it('fails where the graph answers otherwise', async () => {
    const [right, wrong] = await Promise.all([
      read(pictureClassifier()),
      read(pictureClassifier([9, 9, 9, 9, -9, -9, -9, -9])),
    ]);
    const mixed = { ...right, onnx: wrong.onnx };
    await expect(verifyGraph(mixed)).rejects.toMatchObject({ code: 'verification-failed' });
  });
});

describe('freezeframe import of a graph model', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graph-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('keeps in the manifest what it was compared with', async () => {
    for (const [name, content] of Object.entries(pictureClassifier().files()))
      await writeFile(join(folder, name), content);
    await writeFile(join(folder, 'labels.txt'), '0 cat\n1 dog\n');
    const store = openStore(join(folder, 'store'));
    const pictures = { preprocess: 'tf' as const };
    const { stored, format, verification } = await importModel({
      path: folder,
      name: 'graph',
      store,
      pictures,
    });
    expect(format).toBe('tfjs-graph');
    expect(verification.against).toBe(GRAPH_EVALUATOR);
    expect(verification.maxDifference).toBeLessThan(1e-5);
    expect(stored.manifest.output).toMatchObject({
      kind: 'classification',
      labels: ['cat', 'dog'],
      activation: 'softmax',
    });
    expect(stored.manifest.input).toMatchObject({ kind: 'picture', height: 8, width: 8, channels: 3 });
    const engine = await createEngine(join(stored.folder, 'model.onnx'));
    expect(engine.inputs[0]?.datatype).toBe('UINT8');
    await engine.close();
  });
});
