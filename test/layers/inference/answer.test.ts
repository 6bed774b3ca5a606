import { checkAnswerOptions, type Manifest, RequestError, toResult } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { manifestFor } from './tiny-models.ts';

const all = checkAnswerOptions({ topK: 100 });
const labels = (count: number) => Array.from({ length: count }, (_, i) => `label ${i}`);

function classify(activation: 'softmax' | 'sigmoid' | 'none', count: number, row: number[], options = all) {
  const output = { kind: 'classification', name: 'answer', labels: labels(count), activation } as const;
  const result = toResult(manifestFor(new Uint8Array(1), { output }), { values: new Float32Array(row) }, options);
  return 'predictions' in result ? result.predictions : [];
}

describe('toResult of a classification', () => {
  it('puts the most probable first and keeps equals in the order of the labels', () => {
    expect(classify('softmax', 4, [0.25, 0.125, 0.375, 0.25]).map(({ label }) => label)).toEqual([
      'label 2',
      'label 0',
      'label 3',
      'label 1',
    ]);
  });

  it('answers five unless told otherwise, and none below the threshold', () => {
    const row = new Array(8).fill(0.125);
    expect(classify('softmax', 8, row, checkAnswerOptions({}))).toHaveLength(5);
    expect(classify('softmax', 8, row, checkAnswerOptions({ topK: 2 }))).toHaveLength(2);
    expect(classify('softmax', 8, row, checkAnswerOptions({ threshold: 0.125 }))).toHaveLength(5);
    expect(classify('softmax', 8, row, checkAnswerOptions({ threshold: 0.126 }))).toEqual([]);
  });

  it('reads one output for two labels as the probability of the second', () => {
    expect(classify('sigmoid', 2, [0.75])).toEqual([
      { label: 'label 1', probability: 0.75 },
      { label: 'label 0', probability: 0.25 },
    ]);
    expect(classify('none', 2, [0])[0]).toEqual({ label: 'label 0', probability: 0.5 });
  });

  it('turns logits into probabilities, large ones too', () => {
    const [first, second] = classify('none', 2, [1000, 999]);
    expect(first?.probability).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect((first?.probability ?? 0) + (second?.probability ?? 0)).toBeCloseTo(1, 12);
  });

  it('cuts rounding off, and refuses what is no probability', () => {
    expect(classify('softmax', 2, [1.00001, -0.00001])).toEqual([
      { label: 'label 0', probability: 1 },
      { label: 'label 1', probability: 0 },
    ]);
    for (const row of [[1.5, 0], [-0.5, 1], [Number.NaN, 0], [Infinity, 0], [0.5], [0.2, 0.3, 0.5]]) {
      const count = row.length === 1 ? 3 : 2;
      expect(() => classify('softmax', count, row)).toThrow(expect.objectContaining({ code: 'model-output-invalid' }));
    }
  });
});

describe('toResult of a regression', () => {
  const manifest: Manifest = manifestFor(new Uint8Array(1), {
    task: 'regression',
    output: { kind: 'regression', name: 'answer', values: [{ name: 'price', unit: '$' }] },
  });

  it('gives each value its name and unit', () => {
    expect(toResult(manifest, { values: new Float32Array([1234.5]) }, all)).toEqual({
      model: { name: 'colours', version: '1' },
      values: [{ name: 'price', value: 1234.5, unit: '$' }],
    });
  });

  it('refuses NaN and rows of another length', () => {
    for (const row of [[Number.NaN], [], [1, 2]]) {
      expect(() => toResult(manifest, { values: new Float32Array(row) }, all)).toThrow(
        expect.objectContaining({ code: 'model-output-invalid' }),
      );
    }
  });
});

describe('checkAnswerOptions', () => {
  it.each([0, -1, 1.5, Number.NaN, Infinity, '3'])('refuses topK %s', (topK) => {
    expect(() => checkAnswerOptions({ topK: topK as number })).toThrow(RequestError);
  });

  it.each([-0.1, 1.1, Number.NaN, '0.5'])('refuses threshold %s', (threshold) => {
    expect(() => checkAnswerOptions({ threshold: threshold as number })).toThrow(RequestError);
  });
});
