import { describe, expect, it } from 'vitest';
import { choosePictures } from '../../../../scripts/report/numbers/choose-pictures.ts';

const picture = (file: string, label: string, called: string, probability: number, own: number, score?: number) => ({
  file,
  label,
  called,
  probability,
  own,
  ...(score === undefined ? {} : { score }),
});
const files = (pictures: readonly { file: string }[]) => pictures.map(({ file }) => file);

const PICTURES = [
  picture('sure', 'cat', 'cat', 0.99, 0.99, -3),
  picture('doubt', 'cat', 'cat', 0.51, 0.51, 2),
  picture('slip', 'cat', 'dog', 0.6, 0.4, 1),
  picture('mislabelled', 'cat', 'dog', 0.95, 0.05, -2),
  picture('almost', 'dog', 'cat', 0.9, 0.1, 0),
];

describe('the pictures that a report shows', () => {
  const chosen = choosePictures(PICTURES);

  it('are the surest mistakes, the least sure answers and the oddest pictures', () => {
    expect(files(chosen.worst)).toEqual(['mislabelled', 'almost', 'slip']);
    expect(files(chosen.unsure).slice(0, 2)).toEqual(['doubt', 'slip']);
    expect(files(chosen.odd)).toEqual(['doubt', 'slip', 'almost', 'mislabelled', 'sure']);
  });

  it('are suspect where another label has 0.9 and their own less than 0.1', () => {
    expect(files(chosen.suspects)).toEqual(['mislabelled']);
  });

  it('are those of each cell, mistakes first', () => {
    expect(chosen.cells.map(({ is, called, count, pictures }) => [is, called, count, files(pictures)])).toEqual([
      ['cat', 'dog', 2, ['mislabelled', 'slip']],
      ['dog', 'cat', 1, ['almost']],
      ['cat', 'cat', 2, ['doubt', 'sure']],
    ]);
  });

  it('are those that are answered with "none of these"', () => {
    const some = PICTURES.map((one) => ({ ...one, known: one.called === 'cat' }));
    expect(files(choosePictures(some).rejected)).toEqual(['slip', 'mislabelled']);
  });

  it('are not odd where nothing was measured', () => {
    expect(choosePictures([picture('a', 'cat', 'cat', 1, 1)]).odd).toEqual([]);
  });
});
