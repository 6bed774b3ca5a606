import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../../scripts/system/near.ts';

const NAMES = ['start', 'train', 'freeze', 'models', 'predict', 'evaluate', 'bundle', 'dev'];

describe('nearest', () => {
  it.each([
    ['trian', ['train']],
    ['predct', ['predict']],
    ['model', ['models']],
    ['eval', ['evaluate']],
    ['xyzzy', []],
    ['', []],
  ])('%j is near %j', (word, expected) => expect(nearest(word, NAMES)).toEqual(expected));

  it('puts the nearest first and gives three at most', () => {
    expect(nearest('gnome', ['gnome-1', 'gnomes', 'gnome', 'gnome-22', 'digits'])).toEqual([
      'gnome',
      'gnomes',
      'gnome-1',
    ]);
  });

  it('finds every word after one slip', () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), (name, seed) => {
        const at = seed % (name.length - 1);
        const swapped = name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2);
        const dropped = name.slice(0, at) + name.slice(at + 1);
        for (const slip of [swapped, dropped, `${name}x`]) expect(nearest(slip, [name])).toEqual([name]);
      }),
    );
  });
});

it('becomes a remedy, or leaves another one', () => {
  expect(didYouMean('trian', NAMES)).toEqual({ remedy: 'Did you mean train?' });
  expect(didYouMean('xyzzy', NAMES, 'Look.')).toEqual({ remedy: 'Look.' });
  expect(didYouMean('xyzzy', NAMES)).toEqual({});
});
