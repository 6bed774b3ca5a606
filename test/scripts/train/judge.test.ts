import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../scripts/datasets/dataset.ts';
import { scoreAnswers } from '../../../scripts/evaluate/scores.ts';
import { judge } from '../../../scripts/train/judge.ts';

const split = (classes: number[]) => ({
  count: classes.length,
  pixels: Uint8Array.from(classes),
  classes: Int32Array.from(classes),
});

/** Pictures of one byte: the class that they are of. */
function pictures(test: number[], validation: number[]): Dataset {
  const splits = { test: split(test), validation: split(validation) };
  return { kind: 'pictures', labels: ['cat', 'dog'], splits } as unknown as Dataset;
}

/** @param answer the class that a picture of a class is called */
const judged = (dataset: Dataset, answer: (is: number) => number) =>
  judge(dataset, async (data) => {
    if (data.kind !== 'pictures') throw new Error('pictures are scored');
    const answers = Array.from(data.splits.test.pixels).flatMap((is) => (answer(is) === 0 ? [1, 0] : [0, 1]));
    return scoreAnswers(Float32Array.from(answers), data);
  });

describe('judge', () => {
  it('looks at the test split alone where that can tell', async () => {
    const dataset = pictures([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], [0, 0, 1]);
    expect(await judged(dataset, (is) => is)).toMatchObject({
      after: { accuracy: 1, count: 12 },
      constant: { accuracy: 0.5, verdict: 'better' },
      doubt: undefined,
    });
    expect(await judged(dataset, () => 1)).toMatchObject({
      constant: { verdict: 'not-better' },
      doubt: expect.stringMatching(/^On 12 test pictures it is not better/),
    });
  });

  it('sees that one answer is given to everything, where the test pictures are of one class', async () => {
    expect(await judged(pictures([0, 0, 0], [1, 1, 1, 0, 1]), () => 0)).toMatchObject({
      after: { accuracy: 1, count: 3 },
      constant: { answer: 'cat', verdict: 'not-better' },
      doubt: expect.stringMatching(/^On 8 test and validation pictures it is not better than always answering "\w+"/),
    });
  });

  it('leaves it open where the model is ahead, and there is too little to be certain', async () => {
    expect(await judged(pictures([0, 0, 1], [1, 1, 0]), (is) => is)).toMatchObject({
      constant: { verdict: 'unclear' },
      doubt: expect.stringMatching(/^3 test pictures are too few to say/),
    });
    expect(await judged(pictures([0, 0], [0]), () => 0)).toMatchObject({
      constant: { verdict: 'unclear' },
      doubt: 'All 2 test pictures are "cat": they cannot say whether it tells classes apart.',
    });
  });

  it('does the same with rows', async () => {
    const rows = (values: number[]) => ({
      count: values.length,
      features: Float32Array.from(values),
      target: Float32Array.from(values),
    });
    const splits = { test: rows([0.1, 0.5, 0.9]), validation: rows([0.2, 0.4, 0.8, 1, 0]) };
    const target = { name: 'price', unit: 'USD', min: 0, max: 1000 };
    const dataset = { kind: 'table', target, splits } as unknown as Dataset;
    const answering = (answer: (value: number) => number) =>
      judge(dataset, async (data) => {
        if (data.kind !== 'table') throw new Error('rows are scored');
        return scoreAnswers(
          data.splits.test.features.map((value) => answer(1000 * value)),
          data,
        );
      });
    expect(await answering((value) => value * 0.99)).toMatchObject({ constant: { verdict: 'unclear' } });
    expect(await answering(() => 500)).toMatchObject({
      constant: { verdict: 'not-better' },
      doubt: expect.stringMatching(/^On 3 test rows it is not better than always answering 500 USD/),
    });
  });
});
