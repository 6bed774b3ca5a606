import { join } from 'node:path';
import { type Manifest, openClassifier } from '@freezeframe/inference';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addHeatmap } from '../../../../scripts/import/heatmap/add-heatmap.ts';
import { importModel } from '../../../../scripts/import/import-model.ts';
import type { PreparedModel } from '../../../../scripts/import/prepared.ts';
import { GraphBuilder } from '../../../../scripts/onnx/graph.ts';
import { openStore } from '../../../../scripts/store/index.ts';
import { manifestFor, pictureInput, temporaryFolder, writeModel } from '../../../layers/inference/tiny-models.ts';
import { BIAS, IN_FRONT, KERNEL, LINEAR, OTHERS } from './heads.ts';

const SIZE = { height: 8, width: 16 };
const [ROWS, COLUMNS] = [2, 4];

type Output = Extract<Manifest['output'], { kind: 'classification' }>;

/** A model of pictures whose map are the mean colours of 4 x 4 pixels. */
function prepared(head: (graph: GraphBuilder, map: string) => string, output: Partial<Output> = {}): PreparedModel {
  const graph = new GraphBuilder();
  const pixels = graph.op('Cast', [graph.input('picture', 'uint8', [null, 8, 16, 3])], { to: 1 });
  const planes = graph.op('Transpose', [graph.op('Div', [pixels, graph.float(255)])], { perm: [0, 3, 1, 2] });
  const map = graph.op('AveragePool', [planes], { kernel_shape: [4, 4], strides: [4, 4] });
  graph.node('Identity', [head(graph, map)], ['answer']);
  const labels = output.labels ?? ['a', 'b', 'c', 'd'];
  graph.output('answer', 'float32', [null, labels.length === 2 ? 1 : labels.length]);
  return {
    onnx: graph.build(),
    manifest: {
      task: 'classification',
      input: { ...pictureInput, ...SIZE },
      output: { kind: 'classification', name: 'answer', labels, activation: 'softmax', ...output },
    },
    notes: ['first'],
    verification: { against: 'nothing', batches: [1], samples: 1, maxDifference: 0 },
  };
}

/** Every part of another colour. */
function colours(): number[][] {
  return Array.from({ length: ROWS * COLUMNS }, (_, place) => [place * 30, 255 - place * 20, (place * 97) % 256]);
}

async function picture(): Promise<Buffer> {
  const parts = Uint8Array.from(colours().flat());
  const raw = { width: COLUMNS, height: ROWS, channels: 3 } as const;
  return sharp(parts, { raw }).resize(SIZE.width, SIZE.height, { kernel: 'nearest' }).png().toBuffer();
}

async function opened({ onnx, manifest }: PreparedModel) {
  const classifier = await openClassifier(writeModel(temporaryFolder(), onnx, manifestFor(onnx, manifest)));
  onTestFinished(() => classifier.close());
  return classifier;
}

/** What a part adds to a label's logit, in plain code. */
function wanted(label: number): number[][] {
  const each = colours().map((colour) =>
    KERNEL.reduce((sum, row, i) => sum + ((colour[i] as number) / 255) * (row[label] as number), 0),
  );
  return Array.from({ length: ROWS }, (_, y) => each.slice(y * COLUMNS, (y + 1) * COLUMNS));
}

function near(values: readonly (readonly number[])[]) {
  return values.map((row) => row.map((value) => expect.closeTo(value, 5)));
}

const MODELS = process.env.MODELS_SAMPLE_DIR ?? '';

describe('the heat map of an imported model', () => {
  const published = [
    ['mobilenet_v2_imagenet.keras', {}, { rows: 7, columns: 7, kernel: expect.any(String) }],
    ['mobilenet_v2_imagenet.keras', { heatmap: false }, undefined],
    ['mobilenet_edgetpu_224_1.0_uint8.tflite', { precision: 'float32' }, { rows: 7, columns: 7 }],
  ] as const;
  it.skipIf(MODELS === '').each(published)('is that of %s, imported with %o', { timeout: 180_000 }, async (...one) => {
    const [file, options, heatmap] = one;
    const store = openStore(temporaryFolder());
    const { stored, notes } = await importModel({ path: join(MODELS, file), name: 'one', store, ...options });
    expect((stored.manifest.output as Output).heatmap).toEqual(heatmap && expect.objectContaining(heatmap));
    expect(notes.some((note) => note.includes('parts of a picture'))).toBe(heatmap !== undefined);
  });

  it.each(Object.entries(LINEAR))('is exact behind %s', async (title, head) => {
    const before = prepared(head);
    const model = await addHeatmap(before);
    expect(model.notes).toEqual(['first', expect.stringContaining('2 x 4 parts')]);
    expect(model.manifest.output).toMatchObject({ heatmap: { rows: ROWS, columns: COLUMNS } });
    const [classifier, own] = [await opened(model), await opened(before)];
    expect(classifier.outputs).toEqual(expect.arrayContaining([...own.outputs]));
    const answers = await Promise.all([classifier, own].map(async (one) => one.classify(await picture())));
    expect(answers[0]).toEqual(answers[1]);
    for (const [label, name] of ['a', 'b', 'c', 'd'].entries()) {
      const bias = title === IN_FRONT ? (BIAS[label] as number) : 0;
      const values = near(wanted(label).map((row) => row.map((value) => value + bias)));
      const result = await classifier.classify(await picture(), { heatmap: { label: name } });
      expect(result).toMatchObject({ heatmap: { label: name, values } });
    }
    const { predictions } = answers[0] as { predictions: { label: string; probability: number }[] };
    const logits = [0, 1, 2, 3].map(
      (label) =>
        wanted(label)
          .flat()
          .reduce((a, b) => a + b) /
          8 +
        (BIAS[label] ?? 0),
    );
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
    for (const { label, probability } of predictions)
      expect(probability).toBeCloseTo(Math.exp(logits['abcd'.indexOf(label)] as number) / sum, 5);
  });

  it.each(Object.entries(OTHERS))('is left out behind %s, and a note says why', async (_, [head, reason]) => {
    const before = prepared(head);
    const model = await addHeatmap(before);
    expect(model).toEqual({ ...before, notes: ['first', expect.stringMatching(reason)] });
    expect(model.notes[1]).toMatch(/^No heat map: /);
  });

  it('is left out where small weights were asked for, and a copy of the head would undo that', async () => {
    const labels = Array.from({ length: 400 }, (_, i) => `label ${i}`);
    const large = prepared(
      (graph, map) => {
        const bytes = Int8Array.from({ length: 3 * labels.length }, (_, i) => ((i * 37) % 255) - 127);
        const weights = graph.weight('stored', [3, labels.length], bytes, 'int8');
        const real = graph.op('DequantizeLinear', [weights, graph.float(0.01)]);
        const pooled = graph.op('Flatten', [graph.op('GlobalAveragePool', [map])], { axis: 1 });
        return graph.op('Softmax', [graph.op('MatMul', [pooled, real])], { axis: 1 });
      },
      { labels },
    );
    const small = prepared(LINEAR['stored bytes for weights'] as (typeof LINEAR)[string]);
    const asked = { figures: { weights: { kept: 'int8' } } };
    const heatmap = async (model: PreparedModel) => (await addHeatmap(model)).manifest.output as Output;
    expect(await heatmap(large)).toHaveProperty('heatmap');
    expect(await heatmap({ ...small, ...asked })).toHaveProperty('heatmap');
    expect(await addHeatmap({ ...large, ...asked })).toEqual({
      ...large,
      ...asked,
      notes: ['first', expect.stringMatching(/^No heat map: its head would be kept as floats, too, 4\.8 kB more/)],
    });
  });

  it('speaks for the first of two labels where it speaks against the second', async () => {
    const two = (graph: GraphBuilder, map: string) => {
      const weights = graph.weight(
        'kernel',
        [3, 1],
        Float32Array.from(KERNEL, ([first]) => first),
      );
      const mean = graph.op('Flatten', [graph.op('GlobalAveragePool', [map])], { axis: 1 });
      return graph.op('Sigmoid', [graph.op('MatMul', [mean, weights])]);
    };
    const output = { labels: ['no', 'yes'], activation: 'sigmoid' } as const;
    const pooled = (graph: GraphBuilder, map: string) => {
      const filters = graph.weight(
        'filters',
        [1, 3, 1, 1],
        Float32Array.from(KERNEL, ([first]) => first),
      );
      const mean = graph.op('GlobalAveragePool', [graph.op('Conv', [map, filters])]);
      return graph.op('Sigmoid', [graph.op('Flatten', [mean], { axis: 1 })]);
    };
    for (const head of [two, pooled]) {
      const classifier = await opened(await addHeatmap(prepared(head, { ...output, labels: [...output.labels] })));
      const ask = async (label: string) => classifier.classify(await picture(), { heatmap: { label } });
      expect(await ask('yes')).toMatchObject({ heatmap: { values: near(wanted(0)) } });
      const against = wanted(0).map((row) => row.map((value) => -value));
      expect(await ask('no')).toMatchObject({ heatmap: { values: near(against) } });
    }
  });

  it('comes with pictures in a batch, and with tensors', async () => {
    const classifier = await opened(await addHeatmap(prepared(LINEAR['a dense layer'] as never)));
    const plain = await sharp({ create: { ...SIZE, channels: 3, background: 'black' } })
      .png()
      .toBuffer();
    const heatmap = { label: 'b' };
    const { results } = await classifier.classifyBatch([plain, await picture()], { heatmap });
    expect(results[1]).toMatchObject({ heatmap: { values: near(wanted(1)) } });
    const data = new Array(384).fill(0);
    const input = { name: 'picture', shape: [1, 8, 16, 3], datatype: 'UINT8' as const, data };
    const black = { heatmap: { label: 'b', values: near([[0, 0, 0, 0], [0, 0, 0, 0]]) } }; // biome-ignore format: rows
    expect(await classifier.results([input], { heatmap })).toMatchObject([black]);
    expect(results[0]).toMatchObject(black);
  });

  it('is nothing that others are told or sent', async () => {
    const classifier = await opened(await addHeatmap(prepared(LINEAR['a dense layer'] as never)));
    expect(classifier.outputs.map(({ name }) => name)).toEqual(['answer']);
    const input = { name: 'picture', shape: [1, 8, 16, 3], datatype: 'UINT8' as const, data: new Array(384).fill(9) };
    const { outputs } = await classifier.infer({ inputs: [input] });
    expect(outputs.map(({ name }) => name)).toEqual(['answer']);
    await expect(classifier.infer({ inputs: [input], outputs: [{ name: 'heatmap' }] })).rejects.toMatchObject({
      code: 'output-unknown',
    });
  });

  it('takes other names where the graph has these, and is no matter of models of numbers', async () => {
    const named = prepared((graph, map) => {
      const flat = graph.op('Flatten', [graph.op('GlobalAveragePool', [map])], { axis: 1 });
      graph.node('Identity', [flat], ['heatmap']);
      const kernel = graph.weight('heatmap_kernel', [3, 4], Float32Array.from(KERNEL.flat()));
      return graph.op('MatMul', ['heatmap', kernel]);
    }, { activation: 'none' }); // biome-ignore format: short
    expect((await addHeatmap(named)).manifest.output).toMatchObject({
      heatmap: { name: 'heatmap_2', kernel: 'heatmap_kernel_2' },
    });
    const { manifest } = named;
    const regression = { kind: 'regression' as const, name: 'answer', values: [{ name: 'x', unit: '' }] };
    const numbers = { ...named, manifest: { ...manifest, task: 'regression' as const, output: regression } };
    expect(await addHeatmap(numbers)).toBe(numbers);
  });
});
