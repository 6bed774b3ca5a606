import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../scripts/datasets/dataset.ts';
import { findArchitecture } from '../../../scripts/train/architectures/index.ts';
import { likelyReasons, type Trained } from '../../../scripts/train/reasons.ts';
import type { EpochResult } from '../../../scripts/train/train.ts';

const architecture = findArchitecture('small-cnn');
const epoch = (loss: number, measure = 0.5): EpochResult => ({
  epoch: 1,
  loss,
  measure,
  validationLoss: loss,
  validationMeasure: measure,
  seconds: 1,
});

/** Pictures of two classes. */
function pictures(cats: number, dogs: number): Dataset {
  const classes = Int32Array.from({ length: cats + dogs }, (_, i) => Number(i >= cats));
  const train = { count: cats + dogs, pixels: new Uint8Array(), classes };
  return { kind: 'pictures', labels: ['cat', 'dog'], splits: { train } } as unknown as Dataset;
}

const usual: Trained = {
  dataset: pictures(500, 500),
  architecture,
  settings: { ...architecture.defaults },
  history: Array.from({ length: 40 }, (_, i) => epoch(1 - i / 100)),
  bestEpoch: 40,
  constant: { answer: 'cat', accuracy: 0.5, verdict: 'not-better' },
};
const settings = (more: object) => ({ settings: { ...usual.settings, ...more } });
const table = { kind: 'table', target: { name: 'price' }, splits: { train: { count: 30 } } } as unknown as Dataset;

describe('likelyReasons', () => {
  it.each<[string, Partial<Trained>, RegExp]>([
    ['a high learning rate', settings({ learningRate: 10 }), /learning rate is 10, and usually 0.01: try a lower/],
    ['a low learning rate', settings({ learningRate: 1e-6 }), /try a higher --learning-rate/],
    [
      'a loss that grew',
      { history: [epoch(1), epoch(5)], bestEpoch: 1 },
      /grew from 1.00 to 5.00: try --learning-rate 0.001/,
    ],
    ['one class only, nearly', { dataset: pictures(950, 50) }, /95.0 % of what it learns from is "cat"/],
    ['few pictures of a class', { dataset: pictures(100, 14) }, /only 14 pictures of "dog"/],
    ['few rows', { dataset: table }, /only 30 rows/],
    [
      'few epochs',
      { ...settings({ epochs: 1 }), history: [epoch(1)], bestEpoch: 1 },
      /had 1 epoch, where 40 are usual/,
    ],
    ['learning by heart', { history: [epoch(1, 0.98)], bestEpoch: 1 }, /knows 98.0 % of what it learnt from/],
    ['nothing of these', {}, /may not show what tells the classes apart/],
  ])('names %s first', (_, more, reason) => {
    const reasons = likelyReasons({ ...usual, ...more });
    expect(reasons[0]).toMatch(reason);
    expect(reasons.length).toBeLessThanOrEqual(2);
  });
});
