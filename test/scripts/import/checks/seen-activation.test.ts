import type { Manifest, TensorData } from '@freezeframe/inference';
import { describe, expect, it } from 'vitest';
import { seenActivation } from '../../../../scripts/import/checks/seen-activation.ts';

type Output = Manifest['output'];

const classes: Output = { kind: 'classification', name: 'scores', labels: ['a', 'b'], activation: 'none' };

/** What is said of a graph that answers these rows. */
async function seen(rows: number[][], output: Output = classes) {
  const shape = [rows.length, rows[0]?.length ?? 0];
  const scores: TensorData = { datatype: 'FP32', shape, data: new Float32Array(rows.flat()) };
  const manifest = { task: output.kind, input: { kind: 'tensors' as const, tensors: [] }, output };
  return seenActivation({ manifest, notes: ['before'] }, async () => ({ scores }));
}

describe('seenActivation', () => {
  it('takes rows that add up to one for probabilities, and says so', async () => {
    const rows = [
      [0.25, 0.75],
      [0.9, 0.0999],
    ];
    const { manifest, notes } = await seen(rows);
    expect(manifest.output).toEqual({ ...classes, activation: 'softmax' });
    expect(notes).toEqual(['before', 'The numbers of each answer scores add up to 1: they are probabilities already.']);
  });

  it.each([
    ['numbers lie outside of 0..1', [[-1, 2]]],
    ['a number is NaN', [[Number.NaN, 1]]],
    ['there is one number', [[1], [1]]],
  ])('leaves logits where %s', async (_, rows) => {
    const { manifest, notes } = await seen(rows);
    expect(manifest.output).toBe(classes);
    expect(notes).toEqual(['before']);
  });

  it('doubts numbers between 0 and 1 that add up to something else', async () => {
    const rows = [
      [0.5, 0.5],
      [0.5, 0.9],
    ];
    const { manifest, notes } = await seen(rows);
    expect(manifest.output).toBe(classes);
    expect(notes.at(-1)).toContain('All numbers of scores lie between 0 and 1 but do not add up to 1');
  });

  it('asks nothing of what is known, or is no classification', async () => {
    const known: Output = { ...classes, activation: 'sigmoid' };
    expect((await seen([[0.5, 0.5]], known)).manifest.output).toBe(known);
    const tensors: Output = { kind: 'tensors', tensors: [] };
    expect((await seen([[0.5, 0.5]], tensors)).manifest.output).toBe(tensors);
  });
});
