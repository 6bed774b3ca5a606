import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Classifier,
  type Manifest,
  openClassifier,
  type Problem,
  type Result,
  type Timings,
} from '@freezeframe/inference';
import { describe, expect, it, onTestFinished } from 'vitest';
import { plain } from './pictures.ts';
import {
  brightnessGraph,
  colourGraph,
  manifestFor,
  pictureInput,
  relativeGraph,
  temporaryFolder,
  writeModel,
} from './tiny-models.ts';

async function opened(model: Uint8Array, rest: Partial<Manifest> = {}): Promise<Classifier> {
  const classifier = await openClassifier(writeModel(temporaryFolder(), model, manifestFor(model, rest)));
  onTestFinished(() => classifier.close());
  return classifier;
}

const png = (colour: string) => plain(colour).png().toBuffer();
const labelsOf = (result: Result | Problem | undefined) =>
  result && 'predictions' in result ? result.predictions.map(({ label }) => label) : result;
const regression: Partial<Manifest> = {
  task: 'regression',
  output: { kind: 'regression', name: 'answer', values: [{ name: 'brightness', unit: '%' }] },
};

describe('openClassifier', () => {
  it.each([
    ['red', 'red'],
    ['lime', 'green'],
    ['blue', 'blue'],
  ])('sees a %s picture as %s', async (colour, label) => {
    const classifier = await opened(colourGraph());
    const result = await classifier.classify(await png(colour), { topK: 1 });
    const probability = Math.exp(4) / (Math.exp(4) + 2);
    expect(result).toEqual({
      model: { name: 'colours', version: '1' },
      predictions: [{ label, probability: expect.closeTo(probability, 5) }],
    });
  });

  it('applies to logits what the graph did not', async () => {
    const labels = ['red', 'green', 'blue'];
    const plainOnes = await opened(colourGraph('Identity'), {
      output: { kind: 'classification', name: 'answer', labels, activation: 'none' },
    });
    const done = await opened(colourGraph('Softmax'));
    const picture = await png('#ff8000');
    const [a, b] = await Promise.all([plainOnes.classify(picture), done.classify(picture)]);
    expect(labelsOf(a)).toEqual(labelsOf(b));
    if ('predictions' in a && 'predictions' in b) {
      for (const [i, { probability }] of a.predictions.entries())
        expect(probability).toBeCloseTo(b.predictions[i]?.probability ?? -1, 6);
    }
  });

  it('answers two labels from one output', async () => {
    const labels = ['dark', 'bright'];
    const output: Manifest['output'] = { kind: 'classification', name: 'answer', labels, activation: 'sigmoid' };
    const classifier = await opened(brightnessGraph('Sigmoid', 8), { output });
    expect(labelsOf(await classifier.classify(await png('white')))).toEqual(['bright', 'dark']);
  });

  it('answers a regression in its unit', async () => {
    const classifier = await opened(brightnessGraph('Identity', 100), regression);
    expect(await classifier.classify(await png('white'))).toEqual({
      model: { name: 'colours', version: '1' },
      values: [{ name: 'brightness', value: expect.closeTo(100, 3), unit: '%' }],
    });
  });

  it('tells where the time went', async () => {
    const classifier = await opened(colourGraph());
    const told: Timings[] = [];
    await classifier.classify(await png('red'), { onTimings: (timings) => told.push(timings) });
    await classifier.classifyBatch([await png('red')], { onTimings: (timings) => told.push(timings) });
    expect(told).toHaveLength(2);
    for (const { decode, run } of told) expect(Math.min(decode, run)).toBeGreaterThan(0);
  });

  it('answers a batch in order, a failed item with its problem', async () => {
    const classifier = await opened(colourGraph());
    const pictures = [await png('red'), Buffer.alloc(0), await png('blue'), Buffer.from('text'), await png('lime')];
    const { results } = await classifier.classifyBatch(pictures, { topK: 1 });
    expect(results.map((result) => ('status' in result ? result.status : labelsOf(result)))).toEqual([
      ['red'],
      400,
      ['blue'],
      415,
      ['green'],
    ]);
    expect(results[1]).toMatchObject({ type: '/errors#picture-empty', status: 400 });
  });

  it.each([
    ['a graph', colourGraph()],
    ['a graph that measures the whole batch, as dynamic quantization does', relativeGraph()],
  ])('answers many as it answers one by one: %s', async (_, graph) => {
    const classifier = await opened(graph);
    const pictures = await Promise.all(
      Array.from({ length: 37 }, (_, i) => png(`rgb(${i * 6}, ${(i * 31) % 255}, ${(i * 57) % 255})`)),
    );
    const { results } = await classifier.classifyBatch(pictures);
    expect(results).toEqual(await Promise.all(pictures.map((picture) => classifier.classify(picture))));
    expect(await classifier.classifyBatch([])).toEqual({ results: [] });
  });

  it('answers a batch of tensors as it answers each picture', async () => {
    const classifier = await opened(relativeGraph());
    const data = Uint8Array.from({ length: 2 * 48 }, (_, i) => (i < 48 ? i : 255 - i));
    const feed = (from: number, to: number, shape = [(to - from) / 48, 4, 4, 3]) => ({
      picture: { datatype: 'UINT8' as const, shape, data: data.slice(from, to) },
    });
    const { answer } = await classifier.run(feed(0, 96));
    const alone = [await classifier.run(feed(0, 48)), await classifier.run(feed(48, 96))];
    expect(answer).toEqual({
      datatype: 'FP32',
      shape: [2, 3],
      data: Float32Array.from(alone.flatMap((one) => Array.from(one.answer?.data ?? [], Number))),
    });
    const request = (from: number, to: number) => ({
      inputs: [
        { name: 'picture', datatype: 'UINT8', shape: [(to - from) / 48, 4, 4, 3], data: [...data.subarray(from, to)] },
      ],
    });
    const { outputs } = await classifier.infer(request(0, 96) as never);
    expect(outputs[0]?.data).toEqual(Array.from(answer?.data ?? [], Number));
    // What is wrong is said of the whole batch.
    await expect(classifier.run(feed(0, 96, [3, 4, 4, 2]))).rejects.toThrow('but received [3, 4, 4, 2]');
    await expect(classifier.run(feed(0, 96, [3, 4, 4, 3]))).rejects.toThrow('Expected 144 values');
  });

  it('refuses options that are wrong, and pictures for a model of tensors', async () => {
    const classifier = await opened(colourGraph());
    const picture = await png('red');
    await expect(classifier.classify(picture, { topK: 0 })).rejects.toMatchObject({ code: 'top-k-invalid' });
    await expect(classifier.classifyBatch([picture], { threshold: 2 })).rejects.toMatchObject({
      code: 'threshold-invalid',
    });
    await expect(classifier.classify(picture, { maxPixels: 1 })).rejects.toMatchObject({ code: 'picture-too-large' });
    const tensors = [{ name: 'picture', shape: [null, 4, 4, 3], datatype: 'UINT8' as const }];
    const other = await opened(colourGraph(), { input: { kind: 'tensors', tensors } });
    await expect(other.classify(picture)).rejects.toMatchObject({ code: 'picture-not-taken' });
    const outputs = [{ name: 'answer', shape: [null, 3], datatype: 'FP32' as const }];
    const bare = await opened(colourGraph(), { task: 'tensors', output: { kind: 'tensors', tensors: outputs } });
    await expect(bare.classify(picture)).rejects.toMatchObject({ code: 'task-has-no-result' });
  });

  it('says so when the model answers NaN', async () => {
    const classifier = await opened(brightnessGraph('Identity', Number.NaN), regression);
    await expect(classifier.classify(await png('red'))).rejects.toMatchObject({ code: 'model-output-invalid' });
    const { results } = await classifier.classifyBatch([await png('red')]);
    expect(results).toEqual([expect.objectContaining({ status: 500 })]);
  });
});

describe('openClassifier refuses', () => {
  const model = colourGraph();
  const bad: [string, string, (folder: string) => void][] = [
    ['an empty folder', 'manifest-unreadable', () => undefined],
    [
      'a folder without its model',
      'model-file-missing',
      (folder) => void writeRaw(folder, 'manifest.json', JSON.stringify(manifestFor(model))),
    ],
    ['a manifest that is no JSON', 'manifest-unreadable', (folder) => void writeRaw(folder, 'manifest.json', '{')],
    ['a manifest that is not valid', 'manifest-invalid', (folder) => void writeModel(folder, model, {})],
    ['a changed model', 'model-corrupt', (folder) => void writeModel(folder, model.slice(0, -1), manifestFor(model))],
    ['what is no graph', 'model-unreadable', (folder) => void writeModel(folder, new Uint8Array(9))],
    [
      'an input that the graph lacks',
      'manifest-mismatch',
      (folder) => void writeModel(folder, model, manifestFor(model, { input: { ...pictureInput, name: 'x' } })),
    ],
    [
      'another picture size',
      'manifest-mismatch',
      (folder) => void writeModel(folder, model, manifestFor(model, { input: { ...pictureInput, width: 5 } })),
    ],
    [
      'too few labels',
      'manifest-mismatch',
      (folder) =>
        void writeModel(
          folder,
          model,
          manifestFor(model, {
            output: { kind: 'classification', name: 'answer', labels: ['a', 'b'], activation: 'softmax' },
          }),
        ),
    ],
    [
      'an output that the graph lacks',
      'manifest-mismatch',
      (folder) =>
        void writeModel(
          folder,
          model,
          manifestFor(model, {
            task: 'regression',
            output: { kind: 'regression', name: 'y', values: [{ name: 'v', unit: '' }] },
          }),
        ),
    ],
  ];

  it.each(bad)('%s: %s', async (_, code, make) => {
    const folder = temporaryFolder();
    make(folder);
    await expect(openClassifier(folder)).rejects.toMatchObject({ code, remedy: expect.any(String) });
  });
});

function writeRaw(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}
